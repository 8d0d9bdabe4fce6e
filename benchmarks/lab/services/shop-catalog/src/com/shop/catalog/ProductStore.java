package com.shop.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** All products, by id. */
final class ProductStore {
    private final Map<Integer, Product> byId = new TreeMap<>();

    private ProductStore() {
    }

    static ProductStore read(Path csv) throws IOException {
        ProductStore store = new ProductStore();
        for (String line : Files.readAllLines(csv)) {
            String[] cells = line.split(";");
            int id = Integer.parseInt(cells[0]);
            store.byId.put(id, new Product(id, cells[1], cells[2], Integer.parseInt(cells[3])));
        }
        return store;
    }

    int size() {
        return byId.size();
    }

    Product find(int id) {
        return byId.get(id);
    }

    Collection<Product> search(String words) {
        String wanted = words.toLowerCase(Locale.ROOT);
        List<Product> found = byId.values().stream()
            .filter(product -> product.name().toLowerCase(Locale.ROOT).contains(wanted))
            .limit(20)
            .toList();
        return found;
    }
}
