using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Process;

/// <summary>Rows emitted after a call has returned would be lost, so they fail the job.</summary>
public sealed class LateEmitTests
{
    private readonly HarnessSource<int> _source = new(splits: 1) { ElementsPerPoll = 100 };
    private readonly HarnessSink<int> _sink = new();
    private Action<int>? _emit;

    [Theory]
    [InlineData("FlatMap")]
    [InlineData("Process")]
    [InlineData("KeyedProcess")]
    public void A_row_that_is_emitted_after_the_call_throws_and_fails_the_job(string kind)
    {
        using JobHarness job = new(builder => Apply(kind, builder.Source("numbers", _source)).To("sink", _sink));
        _source.Push(1, 1);
        job.Run();
        Assert.Equal([1], _sink.Take());

        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => _emit!(2));
        job.Run();

        Assert.Contains("Emit before the function returns; use MapAsync", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_sink.Take());
        Assert.Same(refusal, job.Failure?.Cause);
    }

    private Stream<int> Apply(string kind, Stream<int> numbers) => kind switch
    {
        "FlatMap" => numbers.FlatMap<int>(EmitAndKeep),
        "Process" => numbers.Process(() => new Plain(Keep), "late"),
        _ => numbers.KeyBy(row => row).Process(() => new Keyed(Keep), "late"),
    };

    private void EmitAndKeep(int row, Action<int> emit)
    {
        emit(row);
        _emit = emit;
    }

    private void Keep(Action<int> emit) => _emit = emit;

    private sealed class Plain(Action<Action<int>> keep) : ProcessFunction<int, int>
    {
        public override void Process(in int row, ProcessContext<int> context)
        {
            context.Emit(row);
            keep(later => context.Emit(later));
        }
    }

    private sealed class Keyed(Action<Action<int>> keep) : KeyedProcessFunction<int, int, int>
    {
        public override void Open(Streams.State.KeyedStateContext state)
        {
        }

        public override void Process(in int row, KeyedContext<int, int> context)
        {
            context.Emit(row);
            keep(later => context.Emit(later));
        }
    }
}
