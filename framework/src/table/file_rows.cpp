#include <algorithm>
#include <atomic>
#include <cstring>
#include <numeric>

#include <latent/blocked_sum.hpp>
#include <latent/column_block.hpp>
#include <latent/file_rows.hpp>

#include "npy_item.hpp"
#include "shards.hpp"

namespace latent {
namespace {

using input::Shard;

// What a thread has read last. The buffer stays in the cache.
struct Window {
  static constexpr std::size_t bytes = std::size_t{64} << 10;
  static constexpr std::size_t most_bytes = std::size_t{512} << 10;  // for rows that are asked for together
  static constexpr std::size_t ahead = std::size_t{4} << 20;         // bytes that are asked for before they are read
  static constexpr std::size_t distrust = 16;  // so many times `ahead` are announced after a row that was not cached

  std::uint64_t source = 0;  // whose rows these are; 0: nobody's
  std::size_t first = 0, count = 0;
  bool is_float32 = false;
  const Shard* shard = nullptr;
  std::size_t announced = 0;        // the row of the shard up to which reading was announced
  std::size_t announces_until = 0;  // the row up to which there is reason to
  AlignedBuffer values, raw;

  static Window& own() {
    static thread_local Window window;
    return window;
  }
  bool has(std::uint64_t number, std::size_t row) const {
    return source == number && row >= first && row < first + count;
  }
  char* bytes_of(AlignedBuffer& buffer, std::size_t size) {
    return reinterpret_cast<char*>(buffer.reserve((size + sizeof(double) - 1) / sizeof(double)));
  }
};

template <class Item>
Item load(const char* from) {
  Item item;
  std::memcpy(&item, from, sizeof(Item));
  return item;
}

// The chosen columns of rows as they stand in a file; integers become float64.
template <class Item>
void choose(const char* raw, std::size_t rows, std::size_t width, const std::vector<std::size_t>& columns, char* out) {
  using Real = std::conditional_t<std::is_same_v<Item, float>, float, double>;
  for (std::size_t i = 0; i < rows; ++i, raw += width * sizeof(Item)) {
    for (const std::size_t column : columns) {
      const auto value = static_cast<Real>(load<Item>(raw + column * sizeof(Item)));
      std::memcpy(out, &value, sizeof(Real));
      out += sizeof(Real);
    }
  }
}

bool is_all(const std::vector<std::size_t>& columns, std::size_t width) {
  if (columns.size() != width) return false;
  for (std::size_t j = 0; j < width; ++j) {
    if (columns[j] != j) return false;
  }
  return true;
}

std::uint64_t next_number() {
  static std::atomic<std::uint64_t> last = 0;
  return ++last;
}

// Says which rows are to be read after `next`, some megabytes at a time. Where files are in the page cache that would
// only cost time, so it begins when rows were not there.
void announce(Window& window, const Shard& shard, std::size_t next, std::size_t ahead) {
  const bool known = window.shard == &shard && window.announced >= next;
  if (known && window.announced - next > ahead / 2) return;
  const std::size_t from = known ? window.announced : next;
  const std::size_t until = std::min(shard.end_row(), next + ahead);
  if (until > from) shard.expect(from, until - from);
  window.announced = until;
}

bool holds_float32(const Shard& shard) { return shard.header.kind == 'f' && shard.header.item_bytes == 4; }

}  // namespace

FileRows::FileRows(const std::vector<std::filesystem::path>& files, std::vector<std::size_t> columns)
    : FileRows(std::make_shared<const input::Shards>(files), std::move(columns)) {}

FileRows::FileRows(std::shared_ptr<const input::Shards> shards, std::vector<std::size_t> columns)
    : shards_(std::move(shards)), columns_(std::move(columns)), number_(next_number()) {
  if (columns_.empty()) {
    columns_.resize(shards_->columns());
    std::iota(columns_.begin(), columns_.end(), std::size_t{0});
  }
  all_columns_ = is_all(columns_, shards_->columns());
}

FileRows::~FileRows() = default;

std::shared_ptr<const FileRows> FileRows::with_columns(const std::vector<std::size_t>& columns) const {
  std::vector<std::size_t> chosen;
  for (const std::size_t column : columns) chosen.push_back(columns_.at(column));
  return std::make_shared<const FileRows>(shards_, std::move(chosen));
}

std::size_t FileRows::rows() const { return shards_->rows(); }

std::vector<std::size_t> FileRows::shard_begins() const {
  std::vector<std::size_t> begins;
  for (const Shard& shard : shards_->all()) begins.push_back(shard.first_row);
  return begins;
}

std::vector<std::string> FileRows::shard_names() const {
  std::vector<std::string> names;
  for (const Shard& shard : shards_->all()) names.push_back(shard.name);
  return names;
}

bool FileRows::is_float32() const { return std::ranges::all_of(shards_->all(), holds_float32); }

// Rows that follow those read before are read many at a time, twice as many each time; others as they are asked for, so
// that looking at a row here and there reads no more than these.
Observations FileRows::read(std::size_t first, std::size_t count) const {
  Window& window = Window::own();
  const std::size_t width = columns_.size();
  const auto view = [&] {
    const std::size_t skipped = first - window.first, there = std::min(count, window.count - skipped);
    const double* const values = window.values.data();
    if (!window.is_float32) return Observations(values + skipped * width, there, width);
    return Observations(reinterpret_cast<const float*>(values) + skipped * width, there, width);
  };
  if (window.has(number_, first) &&
      (first + count <= window.first + window.count || window.first + window.count == window.shard->end_row())) {
    return view();
  }
  const bool known = window.source == number_ && first >= window.shard->first_row && first < window.shard->end_row();
  const Shard& shard = known ? *window.shard : shards_->of_row(first);
  const std::size_t end = window.first + window.count;
  const bool follows = window.source == number_ && first >= window.first && first <= end;
  const std::size_t kept = follows && &shard == window.shard ? end - first : 0;

  const std::size_t item_bytes = holds_float32(shard) ? sizeof(float) : sizeof(double);
  const std::size_t row_bytes = width * item_bytes;
  const std::size_t largest = std::max(row_bytes, shard.row_bytes());
  const std::size_t room =
      std::max<std::size_t>(1, std::clamp(count, Window::bytes / largest, Window::most_bytes / largest));
  const std::size_t wanted = std::max(count, follows ? 2 * window.count : 0);
  const std::size_t rows = std::min({wanted, room, shard.end_row() - first});
  if (rows <= kept) return view();  // there is no room for more

  window.source = 0;  // should reading fail
  if (!follows) shard.expect_unchanged();
  if (kept > 0) {
    char* const values = reinterpret_cast<char*>(window.values.data());
    std::memmove(values, values + (first - window.first) * row_bytes, kept * row_bytes);
  }
  char* const to = window.bytes_of(window.values, std::max(Window::most_bytes, row_bytes)) + kept * row_bytes;
  const auto read_into = [&](char* bytes) {
    const std::size_t ahead = std::max<std::size_t>(1, Window::ahead / shard.row_bytes());
    const std::size_t cached = shard.read_what_is_cached(first + kept, rows - kept, bytes);
    const bool all_cached = cached == (rows - kept) * shard.row_bytes();
    if (!follows) window.announced = window.announces_until = 0;
    if (!all_cached && follows) window.announces_until = first + Window::distrust * ahead;
    if (first < window.announces_until) announce(window, shard, first + rows, ahead);
    if (!all_cached) shard.read_rest(first + kept, rows - kept, bytes, cached);
  };
  if (all_columns_ && shard.header.kind == 'f') {
    read_into(to);
  } else {
    char* const raw = window.bytes_of(window.raw, std::max(Window::most_bytes, shard.row_bytes()));
    read_into(raw);
    input::with_item_type(
        shard.header, [&](auto item) { choose<decltype(item)>(raw, rows - kept, shards_->columns(), columns_, to); });
  }
  window.source = number_;
  window.first = first;
  window.count = rows;
  window.is_float32 = holds_float32(shard);
  window.shard = &shard;
  return view();
}

void FileRows::check_cells(bool missing_cells, std::size_t share, std::size_t shares) const {
  const std::size_t begin = share * rows() / shares, end = (share + 1) * rows() / shares;
  const auto check = [&](std::size_t first, std::size_t count) {
    std::vector<char> raw;
    first += begin;
    for (const std::size_t last = first + count; first < last;) {
      const Shard& shard = shards_->of_row(first);
      const std::size_t room = std::max<std::size_t>(1, Window::most_bytes / shard.row_bytes());
      const std::size_t rows = std::min({room, last - first, shard.end_row() - first});
      raw.resize(rows * shard.row_bytes());
      const std::size_t cached = shard.read_what_is_cached(first, rows, raw.data());
      if (cached < raw.size()) {
        shard.expect(first, std::min(8 * rows, shard.end_row() - first));
        shard.read_rest(first, rows, raw.data(), cached);
      }
      input::with_item_type(shard.header, [&](auto example) {
        using Item = decltype(example);
        const char* row = raw.data();
        for (std::size_t i = 0; i < rows; ++i, row += shard.row_bytes()) {
          for (const std::size_t column : columns_) {
            const auto item = load<Item>(row + column * sizeof(Item));
            if (input::is_value(item, missing_cells)) continue;
            throw DataFileError(input::place_of(shard.name, first + i - shard.first_row, column) +
                                input::refusal_of(item));
          }
        }
      });
      first += rows;
    }
    return true;
  };
  // Of several errors it throws the first.
  blocked_sum(end - begin, leaf_count(end - begin, 4096, 1), check, [](bool&, bool) {});
}

}  // namespace latent
