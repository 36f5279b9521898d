"""The words of the SDK, each said once: what it calls its events, keys, tokens and errors.

The adapters read and write these; what they put into the history is in the history's own
terms. Nothing outside of `sdk/` knows a word of it, but the tables of known defects.
"""

from __future__ import annotations
