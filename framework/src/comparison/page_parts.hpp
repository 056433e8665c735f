#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <latent/comparison.hpp>

#include "page_html.hpp"
#include "picture/picture.hpp"
#include "standing.hpp"

// The parts of the page, each a piece of HTML.
namespace latent::page {

std::string style();  // the style sheet

// What a person should know after ten seconds: what to use, whether to trust it, what it saves, what did not work.
// `anchor` is where the details are.
std::string verdict_box(const Comparison& comparison, const std::vector<ModelStanding>& models,
                        const std::string& anchor);

// What did not work and is marked so: one item each, with a model's name where there are others. Those of the model the
// page is about come first.
std::vector<std::string> problem_items(const std::vector<ModelStanding>& models, std::optional<std::size_t> main,
                                       Mark mark);

// What to say of a contender that reaches the best optimum from fewer starts than the one to use: a failure where that
// is more than chance, no mark where it is as good.
std::optional<Mark> elsewhere_mark(const ModelStanding& model, const Standing& standing);

std::string contender_table(const Comparison& comparison, const std::vector<ModelStanding>& models);
std::string criteria_table(const Comparison& comparison);  // empty if no model has criteria
std::string census_table(const Comparison& comparison, const ModelStanding& model);
std::string explanations();

// The gap to the best optimum by iterations, passes and seconds, and performance profiles; empty if nothing ran.
std::string gap_pictures(const Comparison& comparison, const ModelStanding& model);
std::string profile_pictures(const Comparison& comparison, const ModelStanding& model);

// Draws a picture and puts it into the page; `description` is for those who cannot see it.
std::string svg(const picture::Picture& picture, std::string_view description);
std::string legend(const ModelStanding& model);

// The place of a panel in a small picture with an axis below and one to the left.
picture::Picture small_picture();
picture::Frame small_frame();
picture::Colour line_colour(Acceleration acceleration, double opacity = 1);

}  // namespace latent::page
