"""Decides whether a model may enter the catalogue: a file by header and loading, a server by address."""

from dataclasses import replace
from pathlib import Path

from hotfix.core.settings import MODEL_CONTEXT_LEAST, MODEL_LOAD_SECONDS
from hotfix.model.addresses import find_address, read_url
from hotfix.model.catalogue import ModelFile, ModelServer
from hotfix.model.contract import Budget, ModelError
from hotfix.model.encoderfile import hash_file
from hotfix.model.engine import LlamaEngine, Setting
from hotfix.model.header import Header, read_header
from hotfix.model.host import find_free_memory
from hotfix.model.need import check_memory, estimate_need


def admit_file(path: Path) -> ModelFile:
    """Return what is known of an instruct model's file, after checking that this host can use it.

    The file is not copied: it is used where it lies.

    Raises:
        ModelError: it is damaged, not in one piece, cannot be instructed, has too little context, needs more memory
            than is free, or llama.cpp does not load it.
    """
    path = path.expanduser().resolve()
    header = read_header(path)
    _check_header(path, header)
    need = estimate_need(header)
    check_memory(need, find_free_memory())
    found = path.stat()
    model = ModelFile(
        path=str(path),
        sha256="",
        size_bytes=found.st_size,
        modified_ns=found.st_mtime_ns,
        architecture=header.architecture,
        context_tokens=header.number("context_length") or 0,
        parameters=header.parameters,
        licence=header.text("general.license"),
        need_bytes=need.total,
    )
    _try_loading(path.name, model)
    return replace(model, sha256=hash_file(path))


def admit_server(url: str, model: str, *, public: bool) -> ModelServer:
    """Return a server of models after checking where it is; nothing is sent to it.

    Raises:
        ModelError: the URL is none, or its host is not private while `public` ones are not allowed.
    """
    find_address(read_url(url), public=public)
    return ModelServer(url.rstrip("/"), model, public)


def _check_header(path: Path, header: Header) -> None:
    parts = header.values.get("split.count", 1)
    if isinstance(parts, int) and parts > 1:
        raise ModelError(
            f"{path}: expected a model in one file, found one of {parts} parts; join them (llama-gguf-split)"
        )
    if header.text("tokenizer.chat_template") is None:
        raise ModelError(
            f"{path}: expected an instruct model with a chat template (tokenizer.chat_template), found an architecture "
            f"{header.architecture!r} without one"
        )
    context = header.number("context_length") or 0
    if context < MODEL_CONTEXT_LEAST:
        raise ModelError(f"{path}: expected a context of {MODEL_CONTEXT_LEAST:,} tokens or more, found {context:,}")


def _try_loading(name: str, model: ModelFile) -> None:
    engine = LlamaEngine(name, model, Setting())
    try:
        engine.load(Budget(seconds=MODEL_LOAD_SECONDS))
    finally:
        engine.close()
