package com.shop.catalog;

import java.util.logging.Logger;

/** Says what a product costs. */
final class PriceService {
    private static final Logger LOG = Logger.getLogger(PriceService.class.getName());
    private static final int LOW_CENTS = 300;

    private final ProductStore products;

    PriceService(ProductStore products) {
        this.products = products;
    }

    /** Returns the price in cents for a product that exists. */
    int priceOf(Product product, boolean member) {
        int cents = member ? product.cents() * 95 / 100 : product.cents();
        if (cents < LOW_CENTS) {
            LOG.warning(() -> "Price of product " + product.id() + " is below the lowest allowed: " + cents);
            return LOW_CENTS;
        }
        return cents;
    }
}
