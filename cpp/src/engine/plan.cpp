#include "trainplan/engine/plan.hpp"

#include <algorithm>
#include <map>

namespace trainplan {

template <>
const RecordType& record_type<Programme>() {
  using P = Programme;
  static const RecordType type =
      describe_record<P>("Programme", "The programme as a whole: horizon, money, discounting.")
          .row(&P::name, {.name = "name", .doc = "Name for display.", .example = "Service training"})
          .row(&P::currency,
               {.name = "currency", .doc = "Currency of every amount in the plan.", .example = "USD"})
          .row(&P::start,
               {.name = "start", .doc = "First month, as YYYY-MM, for display.", .example = "2027-01"})
          .row(&P::months, {.name = "months",
                            .unit = "months",
                            .doc = "Horizon: how many months are computed.",
                            .range = {1, 600},
                            .example = "24"})
          .row(&P::discount_rate, {.name = "discount_rate",
                                   .unit = "fraction",
                                   .doc = "Annual effective discount rate.",
                                   .range = {-0.99, 1, true},
                                   .source = "judgement: replace by your finance department's rate"})
          .row(&P::timing, {.name = "timing",
                            .doc = "Whether the cash of a month is discounted from its middle or its end."})
          .row(&P::price_basis,
               {.name = "price_basis", .doc = "Whether amounts and the discount rate are nominal or real."})
          .row(&P::contingency,
               {.name = "contingency",
                .unit = "fraction",
                .doc = "Reserve as a share of cost: in the funding request, not in the cash flow.",
                .range = {0, 1},
                .source = "5 to 15 % is usual"})
          .row(&P::extrapolation, {.name = "extrapolation",
                                   .doc = "How far lifts may go beyond their evidence: they bend to 1 + this "
                                          "times what was seen; 0 cuts at what was seen.",
                                   .range = {0, 5},
                                   .source = "judgement"})
          .row(&P::languages,
               {.name = "languages", .doc = "Languages into which content is translated, beyond the first."})
          .row(&P::lift_correlation,
               {.name = "lift_correlation",
                .doc = "Rank correlation between the uncertain sizes of lifts, towards better; of those that "
                       "no row of correlations names.",
                .range = {0, 1, false, true},
                .source = "judgement"})
          .row(&P::repair_correlations,
               {.name = "repair_correlations",
                .doc = "Whether correlations that cannot all hold are replaced by the nearest that can; "
                       "refused otherwise."})
          .done();
  return type;
}

template <>
const RecordType& record_type<Source>() {
  static const RecordType type =
      describe_record<Source>("Source", "Where the value at a path comes from.")
          .row(&Source::path, {.name = "path",
                               .doc = "Path of a field or record of the plan.",
                               .required = true,
                               .key = "path"})
          .row(&Source::kind, {.name = "kind", .doc = "Own data, a published benchmark, or an assumption."})
          .row(&Source::citation, {.name = "citation", .doc = "Who says so, where and when."})
          .row(&Source::grade,
               {.name = "grade",
                .doc = "How far it can be trusted: A the publisher itself ... D untraceable."})
          .done();
  return type;
}

template <>
const RecordType& record_type<Plan>() {
  static const RecordType type =
      describe_record<Plan>("Plan", "A training programme: goals, people, courses, reinforcement, money.")
          .row(&Plan::schema_version, {.name = "schema_version",
                                       .doc = "Version of the plan's format.",
                                       .range = {1, 1e6},
                                       .always = true})
          .row(&Plan::programme, {.name = "programme", .doc = "Horizon, money, discounting."})
          .row(&Plan::competences,
               {.name = "competences",
                .doc = "What people can do after training; the six usual ones where none are named."})
          .row(&Plan::kpis, {.name = "kpis", .doc = "KPIs beside the built-in ones."})
          .row(&Plan::teams, {.name = "teams", .doc = "The teams.", .required = true})
          .row(&Plan::modules, {.name = "modules", .doc = "The courses."})
          .row(&Plan::development, {.name = "development", .doc = "How long content takes to be made."})
          .row(&Plan::practices,
               {.name = "practices",
                .doc = "Practices before, in and after the course; those not named have level 0."})
          .row(&Plan::transfer, {.name = "transfer", .doc = "How practices move transfer."})
          .row(&Plan::forgetting, {.name = "forgetting", .doc = "How what was learnt fades."})
          .row(&Plan::reinforcement, {.name = "reinforcement", .doc = "Coaching, peers, tools, refreshers."})
          .row(&Plan::onboarding, {.name = "onboarding", .doc = "What new hires are taught."})
          .row(&Plan::waves, {.name = "waves", .doc = "Who is trained when."})
          .row(&Plan::peak_seasons,
               {.name = "peak_seasons", .doc = "Months in which little or no training takes place."})
          .row(&Plan::lifts, {.name = "lifts", .doc = "What the programme does to the KPIs."})
          .row(&Plan::movements, {.name = "movements", .doc = "How KPIs move by themselves."})
          .row(&Plan::workforce, {.name = "workforce", .doc = "How hours become money.", .required = true})
          .row(&Plan::costs, {.name = "costs", .doc = "The budget's lines."})
          .row(&Plan::benefits, {.name = "benefits", .doc = "The streams of benefits."})
          .row(&Plan::correlations, {.name = "correlations", .doc = "Quantities that move together."})
          .row(&Plan::sources, {.name = "sources", .doc = "Where the values come from."})
          .done();
  return type;
}

namespace plan {
namespace {

// What may stand in a quantity whose meaning depends on a KPI: a baseline, or a lift's size and base.
Domain kpi_domain(const Plan& plan, const std::vector<Kpi>& known, const record::QuantityAt& at) {
  const auto of = [&](const std::string& id) {
    return std::find_if(known.begin(), known.end(), [&](const Kpi& kpi) { return kpi.id == id; });
  };
  const auto level = [](const Kpi& kpi) {
    return Domain{kpi.unit,
                  {kpi.low, kpi.high.value_or(std::numeric_limits<double>::infinity()), !kpi.high, false}};
  };
  if (at.field->kind == Kind::quantities) {
    const std::string id = at.path.substr(at.path.rfind('.') + 1);
    if (id == "knowledge") return {"%", {0.0, 100.0}};
    const auto found = of(id);
    return found == known.end() ? Domain{} : level(*found);
  }
  for (const Movement& movement : plan.movements) {
    if (at.quantity != &movement.trend) continue;
    const auto found = of(movement.id);
    return found == known.end() ? Domain{} : Domain{found->unit, {}};
  }
  for (const Lift& lift : plan.lifts) {
    const bool size = at.quantity == &lift.size;
    if (!size && !(lift.base && at.quantity == &*lift.base)) continue;
    const auto found = of(lift.kpi);
    if (found == known.end()) return {};
    if (!size) return level(*found);
    const double inf = std::numeric_limits<double>::infinity();
    if (lift.kind == LiftKind::points) return {found->unit, {}};
    return {"fraction",
            lift.kind == LiftKind::relative ? Range{-1.0, inf, true} : Range{-inf, 1.0, false, true}};
  }
  return at.field->domain();
}

// The value at a path of a plan written with its defaults; nothing for an optional field that is absent: that
// is a fact, not an error.
Value at(const Value& whole, const std::string& path) {
  if (const Value* found = value::find(whole, path)) return *found;
  const std::size_t dot = path.rfind('.');
  const std::string last = path.substr(dot == std::string::npos ? 0 : dot + 1);
  const Value* parent = dot == std::string::npos ? &whole : value::find(whole, path.substr(0, dot));
  if (parent != nullptr && parent->as<Value::Map>() != nullptr && !last.empty()) {
    Value probe = whole;
    Problems problems;
    value::put(probe, path, Value(std::string()));
    static_cast<void>(record::read<Plan>(probe, "", problems));
    const std::string shown_path = record::joined(dot == std::string::npos ? "" : path.substr(0, dot), last);
    const auto unknown = std::find_if(problems.begin(), problems.end(), [&](const Problem& problem) {
      return problem.path == shown_path && problem.allowed.starts_with("there is no such field");
    });
    if (unknown == problems.end()) return {};
    throw InputError(Problems{*unknown});
  }
  std::vector<std::string> ids;
  if (const auto* list = parent == nullptr ? nullptr : parent->as<Value::List>()) {
    for (const Value& record : *list) {
      const Value* id = value::member(record, "id");
      if (id != nullptr && id->as<std::string>() != nullptr) ids.push_back(*id->as<std::string>());
    }
  }
  const std::string hint = last.empty() ? "" : did_you_mean(last, ids);
  throw InputError(Problems{{path, "", "there is no field or record at this path", hint}});
}

}  // namespace

std::vector<Kpi> kpis(const Plan& plan) {
  std::vector<Kpi> known = kpi::built_in();
  for (const Kpi& own : plan.kpis) {
    const auto same =
        std::find_if(known.begin(), known.end(), [&](const Kpi& kpi) { return kpi.id == own.id; });
    if (same == known.end()) {
      known.push_back(own);
    } else {
      *same = own;
    }
  }
  return known;
}

bool has_baseline(const Plan& plan, std::string_view kpi) {
  return kpi == "attrition" || std::any_of(plan.teams.begin(), plan.teams.end(), [&](const Team& team) {
           return workforce::baseline(team, kpi) != nullptr;
         });
}

Plan read(const Value& value) {
  Problems problems;
  // First of all: the fields of a newer version would only be reported as unknown.
  if (const Value* version = value::member(value, "schema_version"); version != nullptr) {
    const auto* whole = version->as<std::int64_t>();
    const auto* number = version->as<double>();
    const bool newer = (whole != nullptr && *whole > newest_schema) ||
                       (number != nullptr && *number > static_cast<double>(newest_schema));
    if (newer) {
      throw InputError("schema_version",
                       "the plan was written by a newer version of trainplan; this one reads up to " +
                           std::to_string(newest_schema),
                       value::shown(*version));
    }
  }
  Plan made = record::read<Plan>(value, "", problems);
  // What stands between records can only be judged when each of them could be read.
  throw_if_any(std::move(problems));
  throw_if_any(check(made));
  return made;
}

Value write(const Plan& plan, bool defaults) { return record::write(plan, defaults); }

std::vector<Input> inputs(const Plan& plan) {
  std::vector<record::QuantityAt> found;
  record::list_quantities(record_type<Plan>(), &plan, "", found);
  const std::vector<Kpi> known = kpis(plan);
  std::map<std::string, const Source*> sources;
  for (const Source& source : plan.sources) sources.emplace(source.path, &source);

  std::vector<Input> listed;
  Problems problems;
  for (const record::QuantityAt& at : found) {
    Input input;
    input.path = at.path;
    input.quantity = at.quantity;
    input.doc = at.field->doc;
    input.domain = at.field->by_kpi || at.field->kind == Kind::quantities ? kpi_domain(plan, known, at)
                                                                          : at.field->domain();
    try {
      input.distribution = distribution::resolve(*at.quantity, input.domain);
    } catch (const InputError& error) {
      for (Problem problem : error.problems()) {
        problem.path = at.path;
        problems.push_back(std::move(problem));
      }
      continue;
    }
    // A source may be stated for the value itself or for the record in which it stands.
    std::string_view path = at.path;
    const Source* source = nullptr;
    while (source == nullptr && !path.empty()) {
      if (const auto stated = sources.find(std::string(path)); stated != sources.end())
        source = stated->second;
      const std::size_t dot = path.rfind('.');
      path = dot == std::string_view::npos ? std::string_view() : path.substr(0, dot);
    }
    const bool default_known = !at.field->source.empty() && at.field->kind == Kind::quantity;
    if (default_known) {
      const Value fallback = at.field->fallback();
      input.is_default = record::write_quantity(*at.quantity) == fallback;
    }
    if (source != nullptr) {
      input.source_kind = EnumNames<SourceKind>::names.at(static_cast<std::size_t>(source->kind));
      input.citation = source->citation;
      input.grade = source->grade;
    } else if (input.is_default) {
      input.source_kind = "default";
      input.citation = at.field->source;
    }
    listed.push_back(std::move(input));
  }
  throw_if_any(std::move(problems));
  return listed;
}

Value get(const Plan& plan, const std::string& path) { return at(write(plan, true), path); }

Plan replace(const Plan& plan, const Value::Map& changes) {
  Value whole = write(plan, true);
  for (const auto& [path, content] : changes) {
    if (path.empty()) throw InputError("", "a change needs a path");
    if (content.empty()) static_cast<void>(at(whole, path));  // a misspelt path must not pass for a removal
    try {
      value::put(whole, path, content);
    } catch (const InputError& error) {
      throw InputError(path, error.problems().front().allowed);
    }
  }
  return read(whole);
}

}  // namespace plan
}  // namespace trainplan
