"""Request and response texts: packed, and back in order."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ctwork.store.text import pack_texts, unpack_texts


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_texts_come_back_in_order(texts: list[bytes]) -> None:
    packed = pack_texts(texts)
    assert unpack_texts(packed["frame"].astype(np.uint8), packed["ends"].astype(np.uint32)) == texts


def test_repetition_costs_little() -> None:
    texts = [b'{"bucketName":"logs","key":"k%06d"}' % n for n in range(10_000)]
    assert pack_texts(texts)["frame"].nbytes < sum(map(len, texts)) / 8
