"""`freqtrade hyperopt --hyperopt-loss DeflatedSharpeLoss`: better than luck, given the epochs."""

from freqtrade.optimize.hyperopt import IHyperOptLoss

from proratio_quantlab.hyperopt_losses import deflated_loss


class DeflatedSharpeLoss(IHyperOptLoss):
    """Standard errors by which the Sharpe ratio exceeds what the best of all epochs has by luck."""

    @staticmethod
    def hyperopt_loss_function(*, results, starting_balance, min_date, max_date, config, **_):  # noqa: ANN001, ANN003, ANN205, D102
        return deflated_loss(
            results,
            starting_balance=starting_balance,
            min_date=min_date,
            max_date=max_date,
            config=config,
        )
