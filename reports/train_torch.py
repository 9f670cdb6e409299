"""Train a linear denoiser in PyTorch on noise that went through a transform; sample with right, wrong noise.

    python reports/train_torch.py [--steps 800] [--device cuda] [--seed 0]

Fields on a Gauss-Legendre grid, C_l = 1/(1+l)^2, get pixel noise that a spherical harmonic transform takes to
coefficients: noise of covariance Sigma, not 1. A network learns alpha_0-hat = H(t) alpha_t/m, once from such
noise and once from white noise in its place; then the reverse SDE is run with Sigma, or with 1 in its place.
What the four samplers draw is Gaussian, and its covariance is computed exactly, without sampling.
"""

import argparse
import time

import numpy as np
import torch

import sphspec
from sphspec.conventions import degrees_orders

LMAX, SAMPLER_STEPS, BATCH = 6, 250, 512


class Linear(torch.nn.Module):
    """H(t) = A diag(h(t)) B, alpha_0-hat = H(t) alpha_t/m; h from a small network of log SNR."""

    def __init__(self, process, lmax, width=64):
        super().__init__()
        self.process, n = process, (lmax + 1) ** 2
        self.left = torch.nn.Parameter(torch.eye(n))
        self.right = torch.nn.Parameter(torch.eye(n))
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(1, width), torch.nn.SiLU(),
            torch.nn.Linear(width, width), torch.nn.SiLU(),
            torch.nn.Linear(width, n),
        )  # fmt: skip

    def gains(self, t):
        """Return h at times (batch,), (batch, n)."""
        mean, variance = self.process.mean(t), self.process.variance(t)
        signal = (torch.log(mean) - torch.log(variance) / 2)[:, None]
        return torch.sigmoid(self.layers(signal / 4) + 2 * signal)

    def forward(self, alpha, t):
        """Return m alpha_0-hat of states (batch, n)."""
        return ((alpha @ self.right.T) * self.gains(t)) @ self.left.T


def train(sde, data, steps, generator, device):
    """Return a network trained on |alpha_0-hat - alpha_0|^2, each coefficient over its power."""
    network = Linear(sde.process, LMAX).to(device)
    optimiser = torch.optim.Adam(network.parameters(), lr=3e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    root = torch.tensor(np.sqrt(data), dtype=torch.float32, device=device)
    for _ in range(steps):
        t = torch.rand(BATCH, generator=generator, device=device) ** 2 * 0.999 + 0.001
        alpha0 = torch.randn(BATCH, root.shape[0], generator=generator, device=device) * root
        alpha = sde.sample_marginal(alpha0, t, generator)
        found = network(alpha, t) / sde.process.mean(t)[:, None]
        loss = (((found - alpha0) / root) ** 2).mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return network


def smoothed_score(network, process, device):
    """Return t -> Sigma S of the score that the network stands for, (H - 1)/v, (n, n)."""

    def matrix(t):
        with torch.no_grad():
            gains = network.gains(torch.tensor([t], dtype=torch.float32, device=device))
            whole = (network.left * gains) @ network.right
        return (whole.cpu().double().numpy() - np.eye(len(whole))) / process.variance(t)

    return matrix


def law_of(process, noise, smoothed):
    """Return the covariance that Euler-Maruyama draws with a noise, where Sigma times the score is given."""
    sde = sphspec.SpectralSDE(process, noise)
    return sphspec.sampler_law(sde, lambda t: noise.solve(smoothed(t)), SAMPLER_STEPS)


def main(arguments=None):
    """Train twice, print the errors of the four samplers; return them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=800, help="training steps")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args(arguments)
    grid = sphspec.GaussLegendre(nlat=LMAX + 1, nlon=2 * LMAX + 1)
    operator = sphspec.Quadrature(grid, LMAX)
    unit = sphspec.noise_covariance(operator)
    pixels = sphspec.noise_covariance(operator, unit.n / np.sum(unit.diagonal()))
    white = sphspec.noise_covariance(operator, 1 / grid.weights)  # exact quadrature: Sigma = 1
    process, (degrees, _) = sphspec.VP(), degrees_orders(LMAX)
    data = 1.0 / (1.0 + degrees) ** 2
    noises = {"Sigma": pixels, "white": white}
    errors, began = {}, time.perf_counter()
    for trained, cov in noises.items():
        generator = torch.Generator(chosen.device).manual_seed(chosen.seed)
        torch.manual_seed(chosen.seed)
        sde = sphspec.SpectralSDE(process, cov)
        network = train(sde, data, chosen.steps, generator, chosen.device)
        smoothed = smoothed_score(network, process, chosen.device)
        for sampled, noise in noises.items():
            law = law_of(process, noise, smoothed)
            errors[trained, sampled] = float(np.linalg.norm(law - np.diag(data)) / np.linalg.norm(data))
    print(f"{chosen.steps} steps on {chosen.device}: {time.perf_counter() - began:.0f} s")
    print("relative error of the sampled covariance (Frobenius norm)")
    print(f"{'trained on':>12} {'sampled with':>14} {'error':>8}")
    for (trained, sampled), error in errors.items():
        print(f"{trained:>12} {sampled:>14} {error:8.1%}")
    return errors


if __name__ == "__main__":
    main()
