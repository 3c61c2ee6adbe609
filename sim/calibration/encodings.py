"""Says which encoding a text table is written in, where its bytes leave no doubt, or refuses."""

import codecs
from collections.abc import Collection, Sequence

from sim.calibration.errors import BadLog

BOMS = (  # UTF-32 first: its mark begins with UTF-16's
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHINESE = ("gb18030", "big5hkscs")  # GBK is a part of the first, Big5 of the second
TITLES = {"gb18030": "GBK", "big5hkscs": "Big5"}
WORDS = (  # of headers: one of them decides
    "用户", "视频", "作品", "日期", "时间", "时长", "观看", "点赞", "评论", "分享", "关注",
    "收藏", "类别", "分类", "作者", "用戶", "使用者", "影片", "視頻", "時間", "時長", "觀看",
    "按讚", "評論", "關注", "追蹤", "類別", "分類",
)  # fmt: skip
COMMON, RARE = 0.9, 0.7  # share of everyday characters that speaks for and against an encoding
LEAST = 4  # different characters below which shares say nothing


def encoding(head: bytes, hints: Collection[str], name: str) -> str:
    """The codec of a table from its first bytes. `hints` are column names that a person gave.

    Raises BadLog for bytes that are no text, and for text of which two readings are possible.
    """
    for mark, codec in BOMS:
        if head.startswith(mark):
            return codec
    if b"\0" in head:
        return _wide(head, name)
    if reads(head, "utf-8"):
        return "utf-8"
    likely = [c for c in CHINESE if reads(head, c)]
    for codec in likely:
        said = head.decode(codec, "ignore")
        if any(word in said for word in (*hints, *WORDS) if not word.isascii()):
            return codec
    scores = {codec: _everyday(head, codec) for codec in likely}
    best = max(scores, key=lambda c: scores[c], default="")
    others = [score for codec, score in scores.items() if codec != best]
    if best and scores[best] >= COMMON and all(score <= RARE for score in others):
        return best
    raise unsure(name, likely)


def reads(head: bytes, codec: str) -> bool:
    """True if the bytes are text in the codec; the last character may be cut off."""
    try:
        codecs.getincrementaldecoder(codec)().decode(head)
    except UnicodeDecodeError:
        return False
    return True


def unsure(name: str, likely: Sequence[str] = ()) -> BadLog:
    """The refusal of bytes whose encoding is not sure, with the names that may be meant."""
    guess = " or ".join(TITLES[codec] for codec in likely)
    return BadLog(
        "a table's encoding is UTF-8, or one that its bytes make sure",
        f"{name}, which is not UTF-8{f' and may be {guess}' if guess else ''}",
        f"Name it, as in --encoding {likely[0] if likely else 'cp1252'}, or save it as UTF-8.",
    )


def _wide(head: bytes, name: str) -> str:
    """UTF-16 without its mark: every other byte of digits and commas is 0."""
    even, odd = (head[i::2].count(0) / max(len(head) // 2, 1) for i in (0, 1))
    for codec, zeros, digits in (("utf-16-le", odd, even), ("utf-16-be", even, odd)):
        if zeros > 0.3 and digits < 0.01 and reads(head, codec):
            return codec
    cure = "Save the table as CSV in UTF-8, or as Parquet."
    raise BadLog("a log is a table of text, or Parquet", f"{name}, which holds zero bytes", cure)


def _everyday(head: bytes, codec: str) -> float:
    """Share of the different letters beyond ASCII that everyday Chinese text is made of: the first
    level of GB 2312 or of Big5."""
    text = codecs.getincrementaldecoder(codec)().decode(head)
    codes = [c.encode(codec) for c in set(text) if c.isalpha() and not c.isascii()]
    if len(codes) < LEAST:
        return 0.0
    first, last = (b"\xb0\xa1", b"\xd7\xf9") if codec == "gb18030" else (b"\xa4\x40", b"\xc6\x7e")
    good = [c for c in codes if len(c) == 2 and first <= c <= last and c[1] >= first[1]]
    return len(good) / len(codes)
