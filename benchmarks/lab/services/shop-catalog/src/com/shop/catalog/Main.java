package com.shop.catalog;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.logging.Logger;

/** Starts the catalog: reads the products, then listens. */
public final class Main {
    private static final Logger LOG = Logger.getLogger(Main.class.getName());

    private Main() {
    }

    public static void main(String[] args) throws IOException {
        Path home = Path.of(System.getProperty("catalog.home", "."));
        String version = Files.readString(home.resolve("VERSION")).strip();
        LOG.info(() -> "Starting catalog " + version + " on Java " + System.getProperty("java.version"));
        ProductStore products = ProductStore.read(home.resolve("products.csv"));
        LOG.info(() -> "Loaded " + products.size() + " products");
        ExecutorService workers = Executors.newFixedThreadPool(8, new WorkerNames());
        HttpServer server = HttpServer.create(new InetSocketAddress(args[0], Integer.parseInt(args[1])), 64);
        server.setExecutor(workers);
        server.createContext("/", new CatalogHandler(new PriceService(products), products));
        server.start();
        LOG.info(() -> "Listening on " + args[0] + ":" + args[1]);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(2)));
    }
}
