package com.shop.catalog;

/** One product; prices are in cents. */
record Product(int id, String name, String category, int cents) {
}
