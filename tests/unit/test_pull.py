"""Why a pull failed, in the words of registries and engines, told with a next step."""

from __future__ import annotations

from typing import Any
from unittest.mock import Mock

import pytest

from tutor.engines.pull import PullRefused, pull

SAID = {
    "toomanyrequests: You have reached your pull rate limit.": "rate limit",
    'unknown: failed to resolve reference "r/x:latest": unexpected status from HEAD request to http://r/v2/x/manifests/'
    "latest: 429 Too Many Requests": "rate limit",  # Docker 28.5 with the containerd store
    "dial tcp: lookup r: no such host": "no registry can be reached",
    "manifest unknown": "There is no image",
    "something else": "could not be pulled",
}


@pytest.mark.parametrize(("said", "told"), SAID.items())
def test_a_refused_pull_is_told(said: str, told: str) -> None:
    client: Any = Mock()
    client.pull.return_value = iter([{"error": said}])
    with pytest.raises(PullRefused, match=told) as caught:
        list(pull(client, "r/x"))
    assert caught.value.hint
