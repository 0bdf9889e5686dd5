"""What paths tell of the purpose of files."""

from __future__ import annotations

import pytest

from persistlint.paths import is_product, is_test


@pytest.mark.parametrize(
    "path",
    [
        "tests/orders.py",
        "src/orders_test.go",
        "core/storagetest/storage.go",
        "web/order-api-tests/orders.ts",
        "web/src/__e2e__/orders.ts",
        "api/e2etests/seed_data.py",
        "web/src/orders.servertest.ts",
        "web/src/orders.spec.tsx",
        "backend/util/tests.go",
        "internal/physical/testing.go",
        "features/steps/orders.py",
        "test_e2e/python/orders.py",
        "src/app/test_unit/orders.py",
        "webmail/mocks.py",
    ],
)
def test_tests_are_known_by_their_path(path: str) -> None:
    assert is_test(path)
    assert not is_product(path)


@pytest.mark.parametrize(
    "path", ["src/contest.py", "src/latest/orders.go", "contest/orders.go", "web/attestation/orders.ts", "src/spec.py"]
)
def test_what_only_sounds_like_a_test_is_part_of_the_product(path: str) -> None:
    assert not is_test(path)
    assert is_product(path)


@pytest.mark.parametrize(
    "path",
    [
        "db/migrations/0001_orders.py",
        "api/orders.pb.go",
        "web/static/libs/jquery.js",
        "web/static/pdfjs/viewer.mjs",
        "docs-ui/swagger-ui-bundle.js",
        "vendor/a/b.go",
        "examples/a.ts",
    ],
)
def test_what_runs_once_or_is_nobody_s_own_is_no_part_of_the_product(path: str) -> None:
    assert not is_product(path)
