using FsCheck;
using FsCheck.Fluent;
using QueryStream.Core.Texts;
using QueryStream.Streams.Aggregates;

namespace QueryStream.Streams.Tests.Aggregates;

public sealed class AggregateReferenceTests
{
    private static readonly AggregateBuilder<(long? Number, decimal? Price, Text Name)> Builder = default;

    [Fact]
    public void Sums_and_averages_are_exact() => Holds((rows, seed) =>
    {
        long[] numbers = [.. rows.Where(row => row.Row.Number.HasValue).Select(row => row.Row.Number!.Value)];
        decimal[] prices = [.. rows.Where(row => row.Row.Price.HasValue).Select(row => row.Row.Price!.Value)];
        Assert.Equal(numbers.Length == 0 ? null : numbers.Sum(), Builder.Sum(row => row.Number).FoldAnyhow(rows, seed));
        Assert.Equal(numbers.Length == 0 ? null : (double)numbers.Sum() / numbers.Length, Builder.Average(row => row.Number).FoldAnyhow(rows, seed));
        Assert.Equal(prices.Length == 0 ? null : prices.Sum(), Builder.Sum(row => row.Price).FoldAnyhow(rows, seed));
        Assert.Equal(prices.Length == 0 ? null : prices.Sum() / prices.Length, Builder.Average(row => row.Price).FoldAnyhow(rows, seed));
        Assert.Equal(prices.Length == 0 ? 0 : (double)prices.Sum(), Builder.Sum(row => (double?)row.Price).FoldAnyhow(rows, seed) ?? 0, 6);
    });

    [Fact]
    public void Extremes_are_those_of_a_sorted_list() => Holds((rows, seed) =>
    {
        Assert.Equal(rows.Min(row => row.Row.Number), Builder.Min(row => row.Number).FoldAnyhow(rows, seed));
        Assert.Equal(rows.Max(row => row.Row.Number), Builder.Max(row => row.Number).FoldAnyhow(rows, seed));
        Assert.Equal(rows.Min(row => row.Row.Price), Builder.Min(row => row.Price).FoldAnyhow(rows, seed));
        Assert.Equal(rows.Max(row => row.Row.Price), Builder.Max(row => row.Price).FoldAnyhow(rows, seed));
        Assert.Equal(rows.Select(row => row.Row.Name).DefaultIfEmpty().Max(), Builder.MaxOf(row => row.Name).FoldAnyhow(rows, seed));
        Assert.Equal(
            rows.Select(row => row.Row.Name.ToString()).Min(StringComparer.Ordinal),
            Builder.MinOf(row => row.Name.ToString()).FoldAnyhow(rows, seed));
    });

    [Fact]
    public void The_first_and_the_last_row_are_those_by_event_time() => Holds((rows, seed) =>
    {
        Assert.Equal(rows.OrderBy(row => row.Time).FirstOrDefault().Row.Name, Builder.First(row => row.Name).FoldAnyhow(rows, seed));
        Assert.Equal(rows.OrderBy(row => row.Time).LastOrDefault().Row, Builder.Last(row => row).FoldAnyhow(rows, seed));
    });

    [Fact]
    public void The_top_rows_are_those_of_a_sorted_list() => Holds((rows, seed) =>
    {
        int count = 1 + (int)(seed % 7);
        Assert.Equal(
            rows.OrderByDescending(row => row.Row.Name).ThenBy(row => row.Time).Take(count).Select(row => row.Row),
            Builder.Top(count, row => row.Name).FoldAnyhow(rows, seed));
        Assert.Equal(
            rows.OrderBy(row => row.Row.Number ?? 0).ThenBy(row => row.Time).Take(count).Select(row => row.Row),
            Builder.Bottom(count, row => row.Number ?? 0).FoldAnyhow(rows, seed));
    });

    [Fact]
    public void Collected_rows_are_in_order_of_event_time() => Holds((rows, seed) =>
        Assert.Equal(rows.OrderBy(row => row.Time).Select(row => row.Row), Builder.Collect().FoldAnyhow(rows, seed)));

    [Fact]
    public void Distinct_values_of_any_type_count_once() => Holds((rows, seed) =>
    {
        Assert.Equal(
            rows.Where(row => row.Row.Number.HasValue).Select(row => row.Row.Number).Distinct().Count(),
            Builder.CountDistinct(row => row.Number).FoldAnyhow(rows, seed));
        Assert.Equal(
            rows.Where(row => row.Row.Price.HasValue).Select(row => row.Row.Price).Distinct().Count(),
            Builder.CountDistinct(row => row.Price).FoldAnyhow(rows, seed));
        Assert.Equal(
            rows.Select(row => (row.Row.Name, row.Row.Number)).Distinct().Count(),
            Builder.CountDistinct(row => (row.Name, row.Number)).FoldAnyhow(rows, seed));
    });

    [Fact]
    public void A_reduction_is_that_of_all_rows() => Holds((rows, seed) =>
    {
        ReduceAggregate<(long? Number, decimal? Price, Text Name)> reduce = new(
            (a, b) => ((a.Number ?? 0) + (b.Number ?? 0), null, a.Name.CompareTo(b.Name) < 0 ? a.Name : b.Name));
        (long? number, _, Text name) = reduce.FoldAnyhow(rows, seed);
        Assert.Equal(rows.Sum(row => row.Row.Number ?? 0), number ?? 0);
        Assert.Equal(rows.Select(row => row.Row.Name).DefaultIfEmpty().Min(), name);
    });

    [Fact]
    public void An_aggregate_that_does_not_merge_is_given_all_rows_in_order() => Holds((rows, seed) =>
        Assert.Equal(
            string.Concat(rows.OrderBy(row => row.Time).Select(row => row.Row.Name)),
            new BufferingAggregate<(long? Number, decimal? Price, Text Name), TextChain, string>(new ChainAggregate()).FoldAnyhow(rows, seed)));

    // Distinct times, so that the order is known.
    private static void Holds(Action<IReadOnlyList<((long? Number, decimal? Price, Text Name) Row, long Time)>, ulong> check)
    {
        Gen<(long?, decimal?, Text)> row = Gen.Choose(-3, 40).SelectMany(
            number => Gen.Choose(0, 1_000_000).SelectMany(price => Gen.Choose(0, 30).Select(name => (
            number < 0 ? (long?)null : number * 7_919L,
            price % 5 == 0 ? (decimal?)null : price / 100m,
            name == 0 ? Text.From("") : Text.From($"name {name * 37 % 31}")))));
        Gen<((long?, decimal?, Text), long)[]> rows = row.ListOf().SelectMany(list => Gen.Shuffle(Enumerable.Range(0, list.Count).ToArray())
            .Select(times => list.Select((one, index) => (one, times[index] - 5L)).ToArray()));
        Prop.ForAll(rows.ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), (all, seed) => check(all, (ulong)seed)).QuickCheckThrowOnFailure();
    }
}
