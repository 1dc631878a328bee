using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Snapshots;

/// <summary>State that an earlier version of a job has written.</summary>
public sealed class EvolutionTests
{
    private const int Keys = 20;

    private readonly HarnessSource<int> _source = new();
    private readonly HarnessSink<string> _sink = new();

    [Theory]
    [InlineData(1, 4)]
    [InlineData(4, 3)]
    public void Members_that_came_have_their_default_values_and_the_others_stay(int before, int after)
    {
        HarnessSnapshot snapshot = RunBefore(before);
        using JobHarness job = JobHarness.Restore(DefineAfter, snapshot, after);
        Push(job);
        Assert.Null(job.Failure);
        Assert.Equal(
            Enumerable.Range(0, Keys).Select(key => $"{key}: {new VisitAfter("none", 2)}").Order(StringComparer.Ordinal),
            _sink.Take().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Another_type_for_a_member_is_an_error_that_names_operator_state_and_member()
    {
        HarnessSnapshot snapshot = RunBefore(parallelism: 1);
        using JobHarness job = JobHarness.Restore(
            builder => Define<VisitWrong>(builder, visit => new VisitWrong((visit?.Visits ?? 0) + 1)), snapshot);
        StateRestoreException failure = Assert.IsType<StateRestoreException>(job.Failure?.Cause);
        Assert.Contains("'visits'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("'visit'", failure.Message, StringComparison.Ordinal);
        Assert.Contains("Visits", failure.Message, StringComparison.Ordinal);
    }

    private HarnessSnapshot RunBefore(int parallelism)
    {
        using JobHarness job = new(builder => Define<VisitBefore>(builder, visit => new VisitBefore((visit?.Visits ?? 0) + 1, "start")), parallelism);
        Push(job);
        _sink.Take();
        return job.Snapshot();
    }

    private void DefineAfter(StreamBuilder builder) =>
        Define<VisitAfter>(builder, visit => visit is null ? new VisitAfter("new") : visit with { Visits = visit.Visits + 1 });

    private void Define<TRecord>(StreamBuilder builder, Func<TRecord?, TRecord> next) =>
        builder.Source("pages", _source).KeyBy(key => key).Process(() => new Visits<TRecord>(next), "visits").To("records", _sink);

    private void Push(JobHarness job)
    {
        for (int key = 0; key < Keys; key++)
        {
            _source.Push(key, time: key);
        }

        job.Run();
    }
}

/// <summary>Keeps a record for each key, and tells of it.</summary>
internal sealed class Visits<TRecord>(Func<TRecord?, TRecord> next) : KeyedProcessFunction<int, int, string>
{
    private ValueState<TRecord> _record = null!;

    public override void Open(KeyedStateContext state) => _record = state.Value<TRecord>("visit");

    public override void Process(in int row, KeyedContext<int, string> context)
    {
        _record.Value = next(_record.Value);
        context.Emit($"{context.Key}: {_record.Value}");
    }
}

/// <summary>What a job kept.</summary>
[StreamRecord]
public sealed record VisitBefore(int Visits, string Page);

/// <summary>What its next version keeps: a member has come, another has gone.</summary>
[StreamRecord]
public sealed record VisitAfter(string Campaign = "none", int Visits = 0);

/// <summary>A version that cannot read what was kept.</summary>
[StreamRecord]
public sealed record VisitWrong(long Visits);
