package com.shop.catalog;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.logging.LogManager;

/** Many visitors search, in a heap of 32 MB, and each gets the page that the first one got. */
final class FixCheck {
    private FixCheck() {
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        LogManager.getLogManager().reset();
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        Main.main(new String[] {"127.0.0.1", String.valueOf(port)});
        HttpClient client = HttpClient.newHttpClient();
        String first = null;
        for (int visit = 0; visit < 200; visit++) {
            HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/catalog/search?q=pan"))
                    .header("X-Request-ID", "visit-" + visit).build(),
                HttpResponse.BodyHandlers.ofString());
            first = first == null ? answer.body() : first;
            if (answer.statusCode() != 200 || !answer.body().equals(first) || !first.contains("\"category\":\"kitchen\"")) {
                System.err.println("search " + visit + ": expected the page of the first, found " + answer.statusCode());
                System.exit(1);
            }
        }
        System.exit(0);
    }
}
