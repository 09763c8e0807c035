"""`freqtrade hyperopt --hyperopt-loss DrawdownConstrainedLoss`: Sharpe within a drawdown limit."""

from freqtrade.optimize.hyperopt import IHyperOptLoss

from proratio_quantlab.hyperopt_losses import constrained_loss


class DrawdownConstrainedLoss(IHyperOptLoss):
    """The Sharpe ratio, less 1 for every 1% of drawdown above `proratio.drawdown_limit`."""

    @staticmethod
    def hyperopt_loss_function(*, results, starting_balance, min_date, max_date, config, **_):  # noqa: ANN001, ANN003, ANN205, D102
        return constrained_loss(
            results,
            starting_balance=starting_balance,
            min_date=min_date,
            max_date=max_date,
            config=config,
        )
