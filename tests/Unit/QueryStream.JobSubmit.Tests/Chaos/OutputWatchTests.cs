using System.Text;
using QueryStream.JobSubmit.Chaos;
using QueryStream.JobSubmit.Chaos.Reports;
using QueryStream.JobSubmit.Chaos.Rounds;
using QueryStream.TestKit;

namespace QueryStream.JobSubmit.Tests.Chaos;

/// <summary>What chaos measures of the two outputs.</summary>
public sealed class OutputWatchTests
{
    private readonly ManualTime _time = new();
    private readonly ProducedEvents _events = new(ChaosRequest.Window);
    private readonly OutputWatch _watch;
    private long _offset;

    public OutputWatchTests() => _watch = new OutputWatch(_events, _time);

    [Fact]
    public void Events_of_the_topic_count_once_and_those_before_a_missing_one_are_complete()
    {
        Produce(4);
        Write(0);
        Write(2);
        Write(2);
        _watch.OnRecord(new OutputRecord(0, 99, Event: null));
        _watch.OnRecord(new OutputRecord(0, 100, new CountedEvent("k0", 7, 1)));
        Assert.Equal((2, 1), (_watch.InTopic.Events, _watch.InTopic.Complete));
        Write(1);

        Assert.Equal((3, 3), (_watch.InTopic.Events, _watch.InTopic.Complete));
        Assert.Equal(6, _watch.Records.Count);
    }

    [Fact]
    public void A_round_is_measured_before_in_and_after_its_fault()
    {
        RoundMeasures measures = new(_watch, _time);
        Run(seconds: 2);
        measures.Begin();
        _time.Advance(TimeSpan.FromSeconds(3));
        Produce(30);
        for (int number = 20; number < 50; number++)
        {
            Write(number);
            Publish(number);
        }

        Run(seconds: 1);
        measures.End(runsAgain: TimeSpan.FromSeconds(3));
        RoundMeasures next = new(_watch, _time);
        measures.Next = next;
        Run(seconds: 1);
        next.Begin();

        ChaosRound round = measures.Measure(new RoundOutcome([], []));

        foreach (OutputImpact impact in (OutputImpact[])[round.Topic, round.Redis])
        {
            // The last events before the fault are 50 ms older than it.
            Assert.InRange(impact.Downtime.TotalMilliseconds, 3_000, 3_060);
            Assert.Equal(10, impact.BaselineRate, tolerance: 1);
            Assert.Equal(0, impact.Throughput);
            Assert.Equal((20, 40, 10), (impact.Before.Count, impact.During.Count, impact.After.Count));
            Assert.Equal(TimeSpan.FromMilliseconds(50), impact.Before.Percentile(1));
        }
    }

    [Fact]
    public void A_count_that_is_not_higher_than_an_earlier_one_is_no_output()
    {
        Produce(3);
        Publish(2);
        (_, Task<long> next) = _watch.Begin();
        Publish(1);
        Publish(2);

        Assert.False(next.IsCompleted);
    }

    // Ten events a second, each of which is in both outputs after 50 ms.
    private void Run(int seconds)
    {
        for (int i = 0; i < seconds * 10; i++)
        {
            Produce(1);
            _time.Advance(TimeSpan.FromMilliseconds(50));
            Write(_events.Count - 1);
            Publish(_events.Count - 1);
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }
    }

    private void Produce(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _events.Add(0, _time.GetUtcNow().ToUnixTimeMilliseconds());
        }
    }

    private void Write(long number) => _watch.OnRecord(new OutputRecord(0, _offset++, new CountedEvent("k0", number, number + 1)));

    private void Publish(long number) =>
        _watch.OnMessage(Encoding.UTF8.GetBytes(FormattableString.Invariant($$"""{"key":"k0","number":{{number}},"count":{{number + 1}}}""")));
}
