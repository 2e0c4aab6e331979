"""For hypothesis: whatever a stranger might put into a request, much of it nearly right."""

import json

from hypothesis import strategies as st

SEVEN = [[[10, 10], [40, 10], [20, 60]]]
ANY_TEXT = st.one_of(
    st.text(max_size=50),
    st.sampled_from(
        [
            "<script>alert(1)</script>",
            "<img src=x onerror=alert(1)>",
            "${7*7}`{{7*7}}",
            "../../etc/passwd",
            "\x00",
            "'; DROP TABLE runs; --",
            "[" * 2000,
            '[[["1",2]]]',
            json.dumps([[[1, 2]] * 5000]),
            json.dumps(SEVEN),
            "cnn",
            "dense",
            "both",
            "yours",
            "handwriting",
            "mnist-test",
            "0" * 32,
        ]
    ),
)
ANY_NUMBER = st.one_of(
    st.integers(-10, 300), st.integers(), st.sampled_from([10**9, 2**63, 10**400, -0.0, 1e300]), st.floats()
)
ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), ANY_NUMBER, ANY_TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(ANY_TEXT, inner, max_size=3)),
    max_leaves=12,
)
NEARLY_STROKES = st.lists(
    st.lists(st.lists(st.one_of(ANY_NUMBER, ANYTHING), max_size=3), max_size=8) | ANYTHING, max_size=5
)
NEARLY_A_FILE = st.lists(
    st.fixed_dictionaries({}, optional={"label": ANYTHING, "writer": ANYTHING, "strokes": NEARLY_STROKES})
    | ANYTHING,
    max_size=4,
).map(lambda rows: "\n".join(map(json.dumps, rows)))
OF_AN_EVENT = st.fixed_dictionaries(
    {}, optional={"text": NEARLY_A_FILE | ANYTHING, "label": ANYTHING, "read": ANYTHING, "strokes": ANYTHING}
)
