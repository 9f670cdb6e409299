"""A store holds the engine's blocks to the bit, knows a damaged one, and is the covariance object."""

import json
import shutil

import numpy as np
import pytest
import scipy.special

from sphspec import (
    Equiangular,
    GaussLegendre,
    Healpix,
    Jacobi,
    LeastSquares,
    Quadrature,
    ReducedGaussian,
    Resampling,
    RingGrid,
    noise_covariance,
    open_covariance,
)
from sphspec.engine import fold, order_blocks
from sphspec.store import Writer, source_of

LIMIT = 1e-14  # of sqrt(C_ll C_l'l'), up to lmax 33


def by_latitude(theta):
    return 1.0 + 0.5 * np.cos(theta) + 0.3 * np.sin(7 * theta) ** 2


GRIDS = {
    "one ring": (lambda: RingGrid([1.1], [9], [0.1], [4 * np.pi / 9]), 3),
    "three rings": (
        lambda: RingGrid([0.4, 1.1, 2.9], [13] * 3, [0.0, 0.1, 0.2], 4 * np.pi / 39 * np.ones(3)),
        6,
    ),
    **{f"healpix {nside}": (lambda nside=nside: Healpix(nside), 3 * nside - 1) for nside in (1, 2, 4, 8)},
    **{
        f"gauss-legendre {nlat}": (lambda nlat=nlat: GaussLegendre(nlat, 2 * nlat), nlat - 1)
        for nlat in (1, 2, 7, 33)
    },
    "poles": (lambda: Equiangular(13, 24, rule="clenshaw-curtis"), 11),
    "single poles": (lambda: Equiangular(13, 24, rule="clenshaw-curtis", poles="single"), 11),
    "driscoll-healy": (lambda: Equiangular(14, 24, rule="driscoll-healy"), 11),
    "reduced": (lambda: ReducedGaussian.octahedral(6), 11),
}


def written(folder, operator, variance=1.0, workers=1):
    writer = Writer(source_of(operator, variance), folder)
    assert sum(writer.on_threads(writer.begin(resume=False), workers)) == operator.lmax + 1
    return open_covariance(folder)


def contents(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def direct_block(grid, sums, lmax, m):
    """C_(lm,l'm) by direct sums over the rings with SciPy's harmonics."""
    table = scipy.special.sph_harm_y(np.arange(m, lmax + 1)[:, None], m, grid.ring_theta, 0.0).real
    return (table * sums) @ table.T


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    operator = Quadrature(GaussLegendre(24, 47), 21)
    variance = by_latitude(operator.grid.theta)
    folder = tmp_path_factory.mktemp("stored") / "cov.zarr"
    return written(folder, operator, variance), noise_covariance(operator, variance), folder


@pytest.fixture
def copy(stored, tmp_path):
    return shutil.copytree(stored[2], tmp_path / "copy.zarr")


@pytest.mark.parametrize("varying", [False, True])
@pytest.mark.parametrize("name", GRIDS)
def test_every_entry_is_the_ring_sum_and_the_engine_s_to_the_bit(name, varying, tmp_path):
    make, lmax = GRIDS[name]
    grid = make()
    variance = by_latitude(grid.theta) if varying else 1.0
    found = written(tmp_path / "cov.zarr", Quadrature(grid, lmax), variance)
    rings = np.broadcast_to(variance, grid.npix)[grid.ring_start]
    sums = grid.weights[grid.ring_start] ** 2 * rings * grid.nphi
    engine = order_blocks(fold(grid, sums), lmax, 1)
    for m in range(lmax + 1):
        for part, held in zip(found.triangles(m), engine.triangles(m), strict=True):
            np.testing.assert_array_equal(part, held)
        expected = direct_block(grid, sums, lmax, m)
        assert np.abs(found.block(m) - expected).max() <= LIMIT * np.diagonal(expected).max()
    assert found.coupled == (name.startswith("healpix") or name == "reduced")


def test_one_two_and_three_threads_write_the_same_bytes(tmp_path):
    operator = Quadrature(GaussLegendre(65, 129), 64)
    stores = [tmp_path / f"{workers}.zarr" for workers in (1, 2, 3)]
    for workers, folder in zip((1, 2, 3), stores, strict=True):
        written(folder, operator, workers=workers)
    assert contents(stores[0]) == contents(stores[1]) == contents(stores[2])


def test_zarr_alone_reads_the_numbers_and_their_checksums(stored):
    zarr = pytest.importorskip("zarr")
    found, _, folder = stored
    for m in (0, 3, 21):
        array = zarr.open_group(str(folder), mode="r")[f"C/{m:05d}"]
        np.testing.assert_array_equal(array[:], np.concatenate(found.triangles(m)))
        assert [codec["name"] for codec in array.metadata.to_dict()["codecs"]] == ["bytes", "crc32c"]


def test_the_object_is_the_covariance(stored, rng):
    found, cov, _ = stored
    dense = cov.dense()
    size = np.abs(dense).max()
    np.testing.assert_allclose(found.dense(), dense, rtol=0, atol=1e-14 * size)
    np.testing.assert_allclose(found.diagonal(), cov.diagonal(), rtol=0, atol=1e-14 * size)
    assert found.logdet() == pytest.approx(cov.logdet(), rel=1e-12)
    for m in (0, 1, 21):
        np.testing.assert_allclose(found.block(m), cov.block(m), rtol=0, atol=1e-14 * size)
    for shape in ((found.n,), (found.n, 3), (2, 3, found.n)):
        v = rng.standard_normal(shape)
        np.testing.assert_allclose(found @ v, cov @ v, rtol=0, atol=1e-12 * size)
        np.testing.assert_allclose(found.solve(found @ v), v, rtol=0, atol=1e-11)
    square = rng.standard_normal((found.n, found.n))
    np.testing.assert_allclose(found.apply(square), square @ dense, rtol=0, atol=1e-12 * size)
    np.testing.assert_allclose(found @ square, dense @ square, rtol=0, atol=1e-12 * size)


def test_samples_are_normals_through_a_root_of_sigma(stored):
    found, cov, _ = stored

    class Units(np.random.Generator):
        """Unit vectors in place of normals."""

        def standard_normal(self, size):
            return np.eye(*size)

    root = found.sample(Units(np.random.PCG64(0)), found.n)
    np.testing.assert_allclose(root.T @ root, cov.dense(), rtol=0, atol=1e-14 * cov.diagonal().max())
    one, three = (found.sample(np.random.default_rng(4), size) for size in (None, (3, 2)))
    assert one.shape == (found.n,)
    assert three.shape == (3, 2, found.n)
    np.testing.assert_allclose(one, three[0, 0], rtol=0, atol=1e-14 * np.abs(one).max())


def test_singular_covariances_are_told_and_still_sampled(tmp_path, rng):
    operator = Quadrature(GaussLegendre(4, 25), 12)
    found, cov = written(tmp_path / "cov.zarr", operator), noise_covariance(operator)
    assert found.logdet() == -np.inf
    with pytest.raises(ValueError, match="singular"):
        found.solve(np.ones(found.n))
    draws = found.sample(rng, 200)
    assert np.isfinite(draws).all()
    _, outside = cov.whiten(draws)
    assert outside < 1e-12


def test_a_zero_variance_is_written_and_read(tmp_path):
    found = written(tmp_path / "cov.zarr", Quadrature(GaussLegendre(5, 9), 4), 0.0)
    assert not found.diagonal().any()
    assert found.logdet() == -np.inf


def test_a_store_of_a_coupled_grid_says_so_and_refuses_what_needs_all_of_sigma(tmp_path, rng):
    grid = Healpix(4)
    found = written(tmp_path / "cov.zarr", Quadrature(grid, 8))
    cov = noise_covariance(Quadrature(grid, 8))
    for m in range(9):
        np.testing.assert_allclose(found.block(m), cov.block(m), rtol=0, atol=1e-15)
    assert "m = m'" in found.metadata["couplings"]
    calls = (
        found.diagonal, found.logdet, found.dense, lambda: found.solve(np.ones(81)),
        lambda: found @ np.ones(81), lambda: found.sample(rng),
    )  # fmt: skip
    for call in calls:
        with pytest.raises(ValueError, match=r"couples orders.*block\(m\)"):
            call()


def test_rings_that_add_nothing_couple_nothing(tmp_path):
    grid = GaussLegendre(9, 17)
    counts = grid.nphi.copy()
    counts[0] = 3
    weights = grid.weights[grid.ring_start].copy()
    few = RingGrid(grid.ring_theta, counts, grid.phi0, weights * grid.nphi / counts)
    assert written(tmp_path / "a.zarr", Quadrature(few, 8)).coupled
    mask = 1.0 * (few.theta > grid.ring_theta[0])
    found, cov = (
        written(tmp_path / "b.zarr", Quadrature(few, 8), mask),
        noise_covariance(Quadrature(few, 8), mask),
    )
    assert not found.coupled
    np.testing.assert_allclose(found.dense(), cov.dense(), rtol=0, atol=1e-14 * cov.diagonal().max())


def test_a_flipped_byte_anywhere_in_a_block_is_found_and_named(copy, rng):
    found = open_covariance(copy)
    chunk = copy / "C" / "00005" / "c" / "0"
    whole = chunk.read_bytes()
    for place in (0, len(whole) - 1, *rng.integers(0, len(whole), 20)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << int(rng.integers(8))
        chunk.write_bytes(damaged)
        with pytest.raises(ValueError, match="the block of order 5 is damaged"):
            found.block(5)
        with pytest.raises(ValueError, match="order 5"):
            found.logdet()
    chunk.write_bytes(whole)
    found.block(5)


@pytest.mark.parametrize("harm", ["cut", "long", "gone", "zeros", "other order's", "other store's", "seal"])
def test_every_other_damage_is_found_and_mended(copy, stored, tmp_path, harm):
    whole = contents(stored[2])
    order = copy / "C" / "00005"
    chunk, description = order / "c" / "0", order / "zarr.json"
    content = chunk.read_bytes()
    if harm == "cut":
        chunk.write_bytes(content[:-100])
    elif harm == "long":
        chunk.write_bytes(content + b"12345678")
    elif harm == "gone":
        chunk.unlink()
    elif harm == "zeros":
        chunk.write_bytes(bytes(len(content)))
    elif harm == "other order's":
        shutil.copytree(copy / "C" / "00006", order, dirs_exist_ok=True)
    elif harm == "other store's":  # whole in itself
        other = tmp_path / "other.zarr"
        written(other, Quadrature(GaussLegendre(24, 47), 21), 2.0)
        shutil.copytree(other / "C" / "00005", order, dirs_exist_ok=True)
    else:
        said = json.loads(description.read_text())
        del said["attributes"]["seal"]
        description.write_text(json.dumps(said))
    with pytest.raises(ValueError, match=r"the block of order 5 .*--resume"):
        open_covariance(copy).block(5)
    operator = Quadrature(GaussLegendre(24, 47), 21)
    writer = Writer(source_of(operator, by_latitude(operator.grid.theta)), copy)
    parts = writer.begin(resume=True, workers=2)
    assert [part.wanted for part in parts] == [(5,)]
    assert list(writer.on_threads(parts, 1)) == [1]
    assert contents(copy) == whole


def test_a_damaged_description_is_found(copy):
    description = copy / "zarr.json"
    text = description.read_text()
    for was, now in (('"lmax": 21', '"lmax": 20'), ('"coupled": false', '"coupled": true'), ("{", "[")):
        assert was in text
        description.write_text(text.replace(was, now))
        with pytest.raises(ValueError, match=r"damaged|no covariance store"):
            open_covariance(copy)


def test_only_what_is_of_the_same_study_is_gone_on_with(copy):
    operator = Quadrature(GaussLegendre(24, 47), 21)
    variance = by_latitude(operator.grid.theta)
    shifted = RingGrid(
        operator.grid.ring_theta, operator.grid.nphi, operator.grid.phi0 + 1, operator.grid.weights
    )
    shifted.name = operator.grid.name
    heavier = RingGrid(
        operator.grid.ring_theta, operator.grid.nphi, operator.grid.phi0, operator.grid.weights * (1 + 1e-12)
    )
    heavier.name = operator.grid.name
    others = {
        "lmax is 21, not 20": (Quadrature(operator.grid, 20), variance),
        "variance is by ring": (operator, 1.0),
        "grid is gauss-legendre:nlat=24,nlon=47": (Quadrature(GaussLegendre(24, 48), 21), np.ones(24 * 48)),
        "grid geometry is": (Quadrature(shifted, 21), variance),
        "weights is": (Quadrature(heavier, 21), variance),
    }
    before = contents(copy)
    for message, (other, field) in others.items():
        with pytest.raises(ValueError, match=message):
            Writer(source_of(other, field), copy).begin(resume=True)
    assert contents(copy) == before
    with pytest.raises(ValueError, match=r"exists; add --resume"):
        Writer(source_of(operator, variance), copy).begin(resume=False)
    assert Writer(source_of(operator, variance), copy).begin(resume=True) == []


def test_blocks_of_other_code_are_not_gone_on_with(copy, monkeypatch):
    operator = Quadrature(GaussLegendre(24, 47), 21)
    monkeypatch.setattr("sphspec.store.source.fingerprint", lambda: "other")
    with pytest.raises(ValueError, match="begun by other code"):
        Writer(source_of(operator, by_latitude(operator.grid.theta)), copy).begin(resume=True)


def test_what_a_store_cannot_hold_is_refused_with_a_cure():
    grid = GaussLegendre(5, 9)
    for operator in (Jacobi(grid, 4), LeastSquares(grid, 4), Resampling(grid, 4), "quadrature"):
        with pytest.raises(ValueError, match=r"plain quadrature.*take Quadrature"):
            source_of(operator)
    along = np.ones(grid.npix)
    along[11] = 2.0
    with pytest.raises(
        ValueError, match=r"constant on rings, got 1.0 .. 2.0 on ring 1; take noise_covariance"
    ):
        source_of(Quadrature(grid, 4), along)
    with pytest.raises(ValueError, match="weights that are constant on rings"):
        source_of(Quadrature(Healpix(1, weights=4 * np.pi / 13 * along[:12]), 2))
    with pytest.raises(ValueError, match="variance must be >= 0"):
        source_of(Quadrature(grid, 4), -along)
    with pytest.raises(ValueError, match="finite number >= 0"):
        source_of(Quadrature(grid, 4), -1.0)
    with pytest.raises(ValueError, match="overflows"):
        source_of(Quadrature(RingGrid([1.1], [1], [0.0], [4 * np.pi]), 0), 1e307)


def test_a_disk_without_room_and_a_memory_without_are_refused_before_work(tmp_path, monkeypatch):
    writer = Writer(source_of(Quadrature(GaussLegendre(24, 47), 21)), tmp_path / "cov.zarr")
    with monkeypatch.context() as patch:
        patch.setattr("shutil.disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 5000))
        with pytest.raises(ValueError, match=r"the blocks take .* GiB are free at .*; make room"):
            writer.begin(resume=False)
        assert not (tmp_path / "cov.zarr").exists()
    with monkeypatch.context() as patch:
        patch.setattr("sphspec._validate.available_memory", lambda: 1e4)
        with pytest.raises(ValueError, match="use fewer workers"):
            next(writer.on_threads(writer.begin(resume=False), 2))


def test_what_is_no_store_is_refused(tmp_path):
    import zarr

    with pytest.raises(ValueError, match="is no covariance store"):
        open_covariance(tmp_path / "nothing.zarr")
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="is no covariance store"):
        open_covariance(tmp_path / "file")
    zarr.create_group(str(tmp_path / "other.zarr"))
    with pytest.raises(ValueError, match="no covariance store of sphspec"):
        open_covariance(tmp_path / "other.zarr")
    writer = Writer(source_of(Quadrature(GaussLegendre(5, 9), 4)), tmp_path / "file")
    with pytest.raises(ValueError, match="is a file"):
        writer.begin(resume=False)


def test_memory_and_size_at_large_band_limits_by_arithmetic():
    """46 GB at lmax 4096, in less than 2 GB of memory with two workers."""
    from sphspec.store.layout import Layout

    layout = Layout(4096, mirrored=True)
    n = np.arange(1, 4098, dtype=np.float64)
    assert layout.total == 8 * np.sum(np.floor((n + 1) ** 2 / 4))
    assert 45e9 < layout.total < 47e9
    writer = Writer(source_of(Quadrature(GaussLegendre(2, 3), 1)), None)
    large = type(writer.source)(
        writer.source.fold, layout, False, {**writer.source.metadata, "points": 4097 * 8193}
    )
    assert Writer(large, None).peak(2) < 2e9
