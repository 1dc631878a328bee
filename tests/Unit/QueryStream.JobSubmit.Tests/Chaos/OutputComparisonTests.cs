using System.Globalization;
using QueryStream.JobSubmit.Chaos;

namespace QueryStream.JobSubmit.Tests.Chaos;

public sealed class OutputComparisonTests
{
    private const long Time = 1_765_000_000_000;

    private readonly ChaosRequest _request = new();
    private readonly ProducedEvents _events = new(ChaosRequest.Window);
    private readonly List<OutputRecord> _records = [];
    private readonly Dictionary<string, string> _redis = [];

    // Events 0 to 5 of the keys k0, k1, k0, k1, k0, k1, a second apart: a window has two of them.
    public OutputComparisonTests()
    {
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(i, _events.Add(i % 2, Time + (i * 1_000)));
            _records.Add(new OutputRecord(i % 2, (i / 2) + 10, new CountedEvent($"k{i % 2}", i, (i / 2) + 1)));
            long start = Time + (i / 2 * 2_000);
            _redis[_request.WindowKey($"k{i % 2}", start)] = string.Create(
                CultureInfo.InvariantCulture, $$"""{"key":"k{{i % 2}}","start":{{start}},"end":{{start + 2_000}},"count":1,"sum":{{i}}}""");
        }

        _redis[_request.CountKey("k0")] = """{"key":"k0","number":4,"count":3}""";
        _redis[_request.CountKey("k1")] = """{"key":"k1","number":5,"count":3}""";
    }

    [Fact]
    public void Output_with_each_event_once_and_in_order_has_no_differences() => Assert.Equal(0, Compare().Count);

    [Fact]
    public void A_missing_event_is_found()
    {
        _records.RemoveAt(3);

        AssertOnly(DifferenceKind.Missing, $"missing: event 3 of key k1, its number 2, is not in topic {_request.Output}");
    }

    [Fact]
    public void A_duplicate_event_is_found_with_both_places()
    {
        _records.Add(_records[2] with { Offset = 99 });

        AssertOnly(
            DifferenceKind.Duplicate,
            $"duplicate: event 2, number 2 of key k0, at {_request.Output}-0 offset 99 is also at {_request.Output}-0 offset 11");
    }

    [Theory]
    [InlineData("k1", 2, 2)]
    [InlineData("k0", 2, 3)]
    [InlineData("k0", 6, 4)]
    [InlineData("k0", -1, 2)]
    public void An_event_with_another_key_or_count_or_that_was_never_produced_is_found(string key, long number, long count)
    {
        _records[2] = _records[2] with { Event = new CountedEvent(key, number, count) };

        Assert.NotEqual(0, Compare().CountOf(DifferenceKind.Wrong));
    }

    [Fact]
    public void A_record_that_is_no_event_is_found()
    {
        _records.Add(new OutputRecord(1, 77, Event: null));

        AssertOnly(DifferenceKind.Wrong, $"wrong: the record at {_request.Output}-1 offset 77 was never produced");
    }

    [Fact]
    public void Events_of_a_key_in_another_order_are_found()
    {
        (_records[0], _records[2]) = (_records[2], _records[0]);

        AssertOnly(
            DifferenceKind.Wrong,
            $"wrong: event 0, number 1 of key k0, at {_request.Output}-0 offset 10 comes after event 2, number 2 of key k0, "
            + $"at {_request.Output}-0 offset 11");
    }

    [Fact]
    public void An_event_in_another_partition_than_its_key_is_found()
    {
        _records[4] = _records[4] with { Partition = 3 };

        Assert.Equal(1, Compare().CountOf(DifferenceKind.Wrong));
    }

    [Fact]
    public void A_count_or_window_that_is_missing_in_Redis_is_found()
    {
        _redis.Remove(_request.CountKey("k1"));
        _redis.Remove(_request.WindowKey("k0", Time));

        Differences differences = Compare();

        Assert.Equal((2, 2), (differences.Count, differences.CountOf(DifferenceKind.Missing)));
        Assert.Contains(
            $$"""missing: {{_request.CountKey("k1")}} is not in Redis, and should be {"key":"k1","number":5,"count":3}""", differences.Lines);
    }

    [Fact]
    public void A_window_that_counts_an_event_twice_is_found()
    {
        string key = _request.WindowKey("k1", Time);
        string right = _redis[key];
        _redis[key] = right.Replace("\"count\":1", "\"count\":2", StringComparison.Ordinal);

        AssertOnly(DifferenceKind.Wrong, $"wrong: {key} in Redis is {_redis[key]}, and should be {right}");
    }

    [Fact]
    public void A_window_that_should_not_be_there_is_found()
    {
        string key = _request.WindowKey("k1", Time + 60_000);
        _redis[key] = "{}";

        AssertOnly(DifferenceKind.Wrong, $"wrong: {key} in Redis should not be there, and is {{}}");
    }

    [Fact]
    public void All_differences_are_counted_and_the_first_ones_are_told()
    {
        for (int i = 0; i < 1_000; i++)
        {
            _records.Add(new OutputRecord(0, 100 + i, Event: null));
        }

        Differences differences = Compare();

        Assert.Equal((1_000, 20), (differences.Count, differences.Lines.Count));
    }

    [Theory]
    [InlineData("""{"key":"k7","number":12,"count":3}""", "k7", 12, 3)]
    [InlineData("""{"count":3,"number":12,"key":"k7"}""", "k7", 12, 3)]
    public void A_counted_event_is_read_whatever_the_order_of_its_members(string json, string key, long number, long count) =>
        Assert.Equal(new CountedEvent(key, number, count), CountedEvent.Parse(System.Text.Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("")]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"key":"k7","number":12}""")]
    [InlineData("""{"key":"k7","number":"12","count":3}""")]
    [InlineData("""{"key":"k7","number":12,"count":3.5}""")]
    [InlineData("""{"key":"k7","number":12,"count":3,"more":1}""")]
    [InlineData("""{"key":"k7","number":12,"count""")]
    public void Anything_else_is_no_counted_event(string json) => Assert.Null(CountedEvent.Parse(System.Text.Encoding.UTF8.GetBytes(json)));

    private Differences Compare()
    {
        OutputComparison comparison = new(_events, _request);
        comparison.CompareTopic(_records);
        comparison.CompareRedis(_redis);
        return comparison.Differences;
    }

    private void AssertOnly(DifferenceKind kind, string line)
    {
        Differences differences = Compare();
        Assert.Equal((1, 1), (differences.Count, differences.CountOf(kind)));
        Assert.Equal(line, Assert.Single(differences.Lines));
    }
}
