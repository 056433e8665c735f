#include "page_parts.hpp"

namespace latent::page {

std::string explanations() {
  return R"html(<section class="card" id="how-to-read"><h2>How to read this page</h2>
<dl class="facts">
<dt>Contender</dt><dd>A model with a way to make EM faster. All contenders of a model begin at the same parameters,
run alone, one after the other, and stop by the same rule.</dd>
<dt>Best optimum</dt><dd>The highest objective that any contender ended in, degenerate ones (at the edge of the
parameter space, where the likelihood may have no bound) left aside. Optima that differ by the order of components
alone are one.</dd>
<dt>Use this</dt><dd>The contender that reaches the best optimum from the most starts, up to a tenth fewer being
chance; of these the one that needs the fewest passes over the data.</dd>
<dt>Medians</dt><dd>Over the starts that ended in the optimum named in the row; below them the least and the most. A
contender in grey never reached the best optimum, so its numbers tell the way to another place.</dd>
<dt>Rate</dt><dd>At which EM's objective converges: each iteration leaves this share of the gap. Its square root, the
rate of the parameters, is the largest fraction of missing information. Plain EM tells it best; a run that jumps over
most of the way sees less of it.</dd>
<dt>Gap</dt><dd>The best objective known of the model minus the current one. Thin lines are starts, a bold one is the
median of those that ended in the best optimum, until half of them have stopped. A line that stays up ended elsewhere;
one that breaks off high up went on to a degenerate optimum. Gaps that rounding hides are drawn at the lower end.</dd>
<dt>Profile</dt><dd>Of Dolan and Moré (Math. Program. 91, 2002, 201). From each start, what counts is the cost until
the objective was first within 10<sup>−6</sup> (|L| + n) of the best L that any contender ended in from that start, n
observations; ends that are degenerate and runs that failed have not solved it. A line shows the share of all starts
that a contender solved at no more than τ times the cost of the cheapest: at the left, how often it was the cheapest;
at the right, how often it gets there at all.</dd>
<dt>Criteria</dt><dd>Of the best optimum; lower is better. AIC = −2 L + 2 p, BIC = −2 L + p ln n, ICL = BIC plus twice
the entropy of the posterior: it prefers components that are well apart.</dd>
</dl></section>
)html";
}

}  // namespace latent::page
