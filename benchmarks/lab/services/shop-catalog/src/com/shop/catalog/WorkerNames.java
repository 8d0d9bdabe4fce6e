package com.shop.catalog;

import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** Names the threads that serve requests. */
final class WorkerNames implements ThreadFactory {
    private final AtomicInteger next = new AtomicInteger(1);

    @Override
    public Thread newThread(Runnable work) {
        return new Thread(work, "catalog-worker-" + next.getAndIncrement());
    }
}
