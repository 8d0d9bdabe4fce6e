package com.shop.catalog;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/** Serves all paths of the catalog. */
final class CatalogHandler implements HttpHandler {
    private static final Logger LOG = Logger.getLogger(CatalogHandler.class.getName());

    private final PriceService prices;
    private final ProductStore products;

    CatalogHandler(PriceService prices, ProductStore products) {
        this.prices = prices;
        this.products = products;
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = exchange.getRequestURI().getQuery();
        String requestId = exchange.getRequestHeaders().getFirst("X-Request-ID");
        long started = System.nanoTime();
        Answer answer;
        try {
            answer = answer(path, query == null ? "" : query);
        } catch (RuntimeException e) {
            LOG.log(Level.SEVERE, "Request failed: GET " + path + " request=" + requestId, e);
            answer = new Answer(500, "{\"error\":\"internal error\"}");
        }
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
        long micros = (System.nanoTime() - started) / 1000;
        int status = answer.status();
        LOG.info(() -> "GET " + path + " " + status + " " + micros + " us request=" + requestId);
    }

    private Answer answer(String path, String query) {
        if (path.equals("/catalog/search")) {
            return search(query);
        }
        if (path.matches("/catalog/products/\\d{1,6}")) {
            return show(Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)), query.contains("member=1"));
        }
        return new Answer(404, "{\"error\":\"not found\"}");
    }

    private Answer show(int id, boolean member) {
        Product product = products.find(id);
        if (product == null) {
            LOG.warning(() -> "Product " + id + " is not in the catalog");
            return new Answer(404, "{\"error\":\"no such product\"}");
        }
        return new Answer(200, render(product, prices.priceOf(product, member)));
    }

    private Answer search(String query) {
        String words = URLDecoder.decode(query.replaceFirst("^q=", ""), StandardCharsets.UTF_8);
        String found = products.search(words).stream()
            .map(product -> render(product, product.cents()))
            .collect(Collectors.joining(",", "[", "]"));
        return new Answer(200, found);
    }

    private static String render(Product product, int cents) {
        return String.format("{\"id\":%d,\"name\":\"%s\",\"category\":\"%s\",\"cents\":%d}",
            product.id(), product.name(), product.category(), cents);
    }

    private record Answer(int status, String body) {
    }
}
