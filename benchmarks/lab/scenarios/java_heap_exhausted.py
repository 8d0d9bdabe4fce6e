"""A release of the Java catalog keeps every search page it ever made, until the heap is full."""

from lab.programs import Command, wait_for_port
from lab.repository import Edit, Release
from lab.runs.java import compile_java
from lab.runs.nginx import reload_nginx, rotate_nginx, start_nginx, write_nginx
from lab.runs.supervisor import supervise
from lab.scenario import FirstRecord, Place, Scenario, Step, Trigger, Truth
from lab.shop import CATALOG, CATALOG_PAST, EDGE, catalog_routes
from lab.stage import Stage
from lab.traffic import Traffic

_SRC = "src/com/shop/catalog"
_PAGES = """package com.shop.catalog;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Pages of search results, kept so that a visitor who turns back finds the same one. */
final class PageCache {
    private static final int PAGE_BYTES = 512 * 1024;

    private final Map<String, byte[]> pages = new ConcurrentHashMap<>();

    void keep(String visit, String page) {
        byte[] buffer = new byte[PAGE_BYTES];
        byte[] text = page.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(text, 0, buffer, 0, Math.min(text.length, PAGE_BYTES));
        pages.put(visit, buffer);
    }

    int size() {
        return pages.size();
    }
}
"""
_RELEASES = (
    *CATALOG_PAST,
    Release(
        "3.7.3",
        "Keep pages of search results for visitors who turn back",
        (
            Edit(f"{_SRC}/PageCache.java", "", _PAGES),
            Edit(
                f"{_SRC}/CatalogHandler.java",
                "    private final ProductStore products;\n",
                "    private final ProductStore products;\n    private final PageCache pages = new PageCache();\n",
            ),
            Edit(f"{_SRC}/CatalogHandler.java", "return search(query);", "return search(query, requestId);"),
            Edit(
                f"{_SRC}/CatalogHandler.java",
                'answer(path, query == null ? "" : query)',
                'answer(path, query == null ? "" : query, requestId)',
            ),
            Edit(
                f"{_SRC}/CatalogHandler.java",
                "answer(String path, String query)",
                "answer(String path, String query, String requestId)",
            ),
            Edit(
                f"{_SRC}/CatalogHandler.java",
                "private Answer search(String query)",
                "private Answer search(String query, String visit)",
            ),
            Edit(
                f"{_SRC}/CatalogHandler.java",
                "        return new Answer(200, found);\n",
                "        pages.keep(String.valueOf(visit), found);\n"
                '        LOG.info(() -> "Search kept, " + pages.size() + " pages in cache");\n'
                "        return new Answer(200, found);\n",
            ),
        ),
        hours_ago=9,
    ),
)


_PORTS = {"catalog-blue": 8081, "catalog-green": 8082}


def _start(stage: Stage, name: str) -> None:
    release = stage.current("catalog").resolve()
    compile_java(release)
    log = stage.make_log_folder(name)
    memory = ("-Xmx64m", "-Xss512k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData")
    out = ("-XX:+ExitOnOutOfMemoryError", f"-Xlog:gc:file={log}/gc-%%p.log:time,level,tags:filecount=0")
    logging = f"-Djava.util.logging.config.file={release}/logging.properties"
    settings = (logging, f"-Dcatalog.home={release}", "-cp", f"{release}/classes")
    argv = ("java", *memory, *out, *settings, "com.shop.catalog.Main", CATALOG, str(_PORTS[name]))
    supervise(stage, Command(name, argv, log), "stdout.log")
    wait_for_port(CATALOG, _PORTS[name], stage.programs[name])


def _write_edge(stage: Stage, live: str) -> None:
    write_nginx(stage, {"catalog": (f"{CATALOG}:{_PORTS[live]}",)}, {"/catalog/": "catalog"})


def _build(stage: Stage) -> None:
    stage.make_service("catalog", _RELEASES)
    stage.install("catalog", "3.7.2")
    _start(stage, "catalog-blue")
    _write_edge(stage, "catalog-blue")
    start_nginx(stage)


def _release(stage: Stage) -> None:
    stage.install("catalog", "3.7.3")
    _start(stage, "catalog-green")
    _write_edge(stage, "catalog-green")
    reload_nginx(stage)


SCENARIO = Scenario(
    name="java-heap-exhausted",
    title="A cache without a bound fills the Java heap until the process ends",
    shows=(
        "Release 3.7.3 of `catalog` keeps every page of search results. The collector's log shows the heap filling "
        "and full collections getting longer; then the JVM ends on OutOfMemoryError, supervisord starts it again, "
        "and it all begins anew."
    ),
    lasts_s=760,
    needs=("nginx", "java", "python"),
    build=_build,
    traffic=Traffic(EDGE, 80, catalog_routes(), lambda _: 4.6, seed=76),
    steps=(
        Step(210, "access log rotated", rotate_nginx),
        Step(372, "catalog 3.7.3 deployed as catalog-green, nginx switched to it", _release, injects=True),
        Step(392, "catalog-blue stopped", lambda stage: stage.stop("catalog-blue")),
    ),
    truth=Truth(
        verdict="incident",
        service="catalog",
        category="out_of_memory",
        shape="gradual",
        statement="the page cache of catalog 3.7.3 has no bound and fills the heap until the JVM ends",
        onset=FirstRecord("catalog-green/supervisord.log", r"exited: catalog-green .*not expected"),
        trigger=Trigger("release", "catalog", "version", "3.7.2", "3.7.3"),
        place=Place(f"{_SRC}/PageCache.java", "pages.put(visit, buffer);", "3.7.3"),
        clues=("3.7.3", "pages in cache", "OutOfMemoryError"),
        victims=("nginx",),
    ),
)
