"""A release of the Java catalog applies promotions; one category of products has none."""

from lab.repository import Edit, Release
from lab.runs.nginx import start_nginx, write_nginx
from lab.scenario import FirstRecord, Place, Scenario, Step, Trigger, Truth
from lab.shop import CATALOG, CATALOG_PAST, EDGE, catalog_routes, start_catalog
from lab.stage import Stage
from lab.traffic import Traffic

_SRC = "src/com/shop/catalog"
_PROMOTIONS = """package com.shop.catalog;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** What is taken off the price of each category this week. */
final class Promotions {
    private final Map<String, Integer> percentByCategory = new HashMap<>();

    static Promotions read(Path csv) throws IOException {
        Promotions promotions = new Promotions();
        for (String line : Files.readAllLines(csv)) {
            String[] cells = line.split(";");
            promotions.percentByCategory.put(cells[0], Integer.valueOf(cells[1]));
        }
        return promotions;
    }

    int size() {
        return percentByCategory.size();
    }

    int percentFor(String category) {
        return percentByCategory.get(category);
    }
}
"""
_EXCEPTION = """package com.shop.catalog;

/** A product whose price cannot be said. */
final class PricingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PricingException(Product product, Throwable cause) {
        super("No price for product " + product.id() + " (" + product.name() + ")", cause);
    }
}
"""
_RELEASES = (
    *CATALOG_PAST,
    Release(
        "3.8.0",
        "Take this week's promotions off the prices",
        (
            Edit("promotions.csv", "", "garden;10\nkitchen;5\ntoys;15\nbooks;0\ntools;10\noutdoor;20\nlighting;5\n"),
            Edit(f"{_SRC}/Promotions.java", "", _PROMOTIONS),
            Edit(f"{_SRC}/PricingException.java", "", _EXCEPTION),
            Edit(
                f"{_SRC}/PriceService.java",
                "    PriceService(ProductStore products) {\n        this.products = products;\n    }\n",
                "    PriceService(ProductStore products, Promotions promotions) {\n        this.products = products;\n"
                "        this.promotions = promotions;\n    }\n",
            ),
            Edit(
                f"{_SRC}/PriceService.java",
                "    private final ProductStore products;\n",
                "    private final ProductStore products;\n    private final Promotions promotions;\n",
            ),
            Edit(
                f"{_SRC}/PriceService.java",
                "        int cents = member ? product.cents() * 95 / 100 : product.cents();\n",
                "        int cents = reduced(product, member ? product.cents() * 95 / 100 : product.cents());\n",
            ),
            Edit(
                f"{_SRC}/PriceService.java",
                "            return LOW_CENTS;\n        }\n        return cents;\n    }\n",
                "            return LOW_CENTS;\n        }\n        return cents;\n    }\n\n"
                "    private int reduced(Product product, int cents) {\n        try {\n"
                "            return cents * (100 - promotions.percentFor(product.category())) / 100;\n"
                "        } catch (RuntimeException e) {\n            throw new PricingException(product, e);\n"
                "        }\n    }\n",
            ),
            Edit(
                f"{_SRC}/Main.java",
                "        ExecutorService workers",
                '        Promotions promotions = Promotions.read(home.resolve("promotions.csv"));\n'
                '        LOG.info(() -> "Loaded promotions for " + promotions.size() + " categories");\n'
                "        ExecutorService workers",
            ),
            Edit(f"{_SRC}/Main.java", "new PriceService(products)", "new PriceService(products, promotions)"),
        ),
        hours_ago=5,
    ),
)


def _build(stage: Stage) -> None:
    stage.make_service("catalog", _RELEASES)
    stage.install("catalog", "3.7.2")
    start_catalog(stage, "catalog-1")
    start_catalog(stage, "catalog-2")
    servers = (f"{CATALOG}:8081", f"{CATALOG}:8082")
    write_nginx(stage, {"catalog": servers}, {"/catalog/": "catalog"}, log_format="combined")
    start_nginx(stage)


def _replace(stage: Stage, name: str) -> None:
    stage.stop(name)
    start_catalog(stage, name)


def _release(stage: Stage) -> None:
    stage.install("catalog", "3.8.0")
    _replace(stage, "catalog-1")


SCENARIO = Scenario(
    name="java-npe-after-deploy",
    title="A NullPointerException after a deployment of a Java service",
    shows=(
        "Release 3.8.0 of `catalog` takes promotions off the prices and reads them by category. Products in `bath` "
        "have no promotion, so unboxing the missing percentage throws, wrapped in a PricingException. The release "
        "rolls over two replicas; nginx covers the restarts."
    ),
    lasts_s=690,
    needs=("nginx", "java"),
    build=_build,
    traffic=Traffic(EDGE, 80, catalog_routes(), lambda _: 4.2, seed=31),
    steps=(
        Step(446, "catalog 3.8.0 deployed: catalog-1 replaced", _release, injects=True),
        Step(466, "catalog-2 replaced", lambda stage: _replace(stage, "catalog-2")),
    ),
    truth=Truth(
        verdict="incident",
        service="catalog",
        category="null_reference",
        statement="catalog 3.8.0 unboxes the promotion of a category that has none: NullPointerException",
        onset=FirstRecord("catalog-1/catalog.0.log", r"SEVERE: Request failed: GET /catalog/products/"),
        trigger=Trigger("release", "catalog", "version", "3.7.2", "3.8.0"),
        place=Place(f"{_SRC}/Promotions.java", "return percentByCategory.get(category);", "3.8.0"),
        clues=("3.8.0", "Promotions.java", "NullPointerException"),
        victims=("nginx",),
    ),
)
