"""Local models: an encoder that knows unseen wording, an engine for any instruct GGUF; they never decide a fact."""
