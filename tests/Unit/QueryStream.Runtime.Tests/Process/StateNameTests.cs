using QueryStream.Core.Errors;
using QueryStream.Streams;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;
using QueryStream.TestKit.Jobs;

namespace QueryStream.Runtime.Tests.Process;

public sealed class StateNameTests
{
    private readonly HarnessSource<int> _source = new();
    private readonly HarnessSink<int> _sink = new();

    [Fact]
    public void Two_states_of_one_name_are_refused()
    {
        Refuses("'a' is declared twice", state => { state.Value<int>("a"); state.List<int>("a"); });
        RefusesShared("'a' is declared twice", (_, state) => { state.List<int>("a"); state.Broadcast<int, int>("a"); });
    }

    [Fact]
    public void A_keyed_state_and_a_broadcast_state_of_one_name_are_refused()
    {
        RefusesShared("'a' is declared twice", (keyed, shared) => { keyed.Value<int>("a"); shared.Broadcast<int, int>("a"); });
        RefusesShared("'a' is declared twice", (keyed, shared) => { shared.UnionList<int>("a"); keyed.Map<int, int>("a"); });
    }

    [Fact]
    public void A_state_needs_a_name_of_its_own()
    {
        Refuses("has no name", state => state.Value<int>(" "));
        Refuses("the engine's own", state => state.Value<int>("timers.event"));
        Refuses("the engine's own", state => state.Value<int>("task.watermark"));
    }

    [Fact]
    public void A_state_is_declared_when_the_function_opens_and_not_later()
    {
        using JobHarness job = new(builder => builder.Source("rows", _source).KeyBy(n => n).Process(() => new Late(), "late").To("sink", _sink));
        _source.Push(1, 1);
        job.Run();
        Assert.Equal("late", job.Failure!.Operator);
        Assert.Contains("'a' is declared too late", Assert.IsType<JobDefinitionException>(job.Failure.Cause).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void State_and_timers_belong_to_a_key()
    {
        using JobHarness job = new(
            builder => builder.Source("rows", _source).KeyBy(n => n).Process(() => new Keyless(), "keyless").To("sink", _sink));
        Assert.Equal("keyless", job.Failure!.Operator);
        Assert.IsType<NoKeyException>(job.Failure.Cause);
    }

    [Fact]
    public void A_type_without_a_codec_is_refused()
    {
        Refuses("has no codec", state => state.Value<Version>("a"));
        Refuses("has no codec", state => state.List<Version>("a"));
        Refuses("has no codec", state => state.Map<int, Version>("a"));
        RefusesShared("has no codec", (_, state) => state.List<Version>("a"));
        RefusesShared("has no codec", (_, state) => state.UnionList<Version>("a"));
        RefusesShared("has no codec", (_, state) => state.Broadcast<Version, int>("a"));
    }

    private void Refuses(string why, Action<KeyedStateContext> open) => AssertRefused(
        why,
        builder => builder.Source("rows", _source).KeyBy(n => n).Process(() => new Opening(open), "opening").To("sink", _sink));

    private void RefusesShared(string why, Action<KeyedStateContext, BroadcastStateContext> open) => AssertRefused(
        why,
        builder => builder.Source("rows", _source).KeyBy(n => n)
            .Connect(builder.Source("others", new HarnessSource<int>()).Broadcast())
            .Process(() => new OpeningBoth(open), "opening").To("sink", _sink));

    // Where the job is defined, before there is a task.
    private static void AssertRefused(string why, Action<StreamBuilder> define)
    {
        JobDefinitionException error = Assert.Throws<JobDefinitionException>(() => new JobHarness(define));
        Assert.StartsWith("opening: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    private sealed class Opening(Action<KeyedStateContext> open) : KeyedProcessFunction<int, int, int>
    {
        public override void Open(KeyedStateContext state) => open(state);

        public override void Process(in int row, KeyedContext<int, int> context)
        {
        }
    }

    private sealed class OpeningBoth(Action<KeyedStateContext, BroadcastStateContext> open) : KeyedBroadcastProcessFunction<int, int, int, int>
    {
        public override void Open(KeyedStateContext keyed, BroadcastStateContext broadcast) => open(keyed, broadcast);

        public override void Process(in int row, KeyedContext<int, int> context)
        {
        }

        public override void ProcessBroadcast(in int row, ProcessContext<int> context)
        {
        }
    }

    private sealed class Late : KeyedProcessFunction<int, int, int>
    {
        private KeyedStateContext _state = null!;

        public override void Open(KeyedStateContext state) => _state = state;

        public override void Process(in int row, KeyedContext<int, int> context) => _state.Value<int>("a");
    }

    private sealed class Keyless : KeyedProcessFunction<int, int, int>
    {
        public override void Open(KeyedStateContext state) => state.Value<int>("a").Value = 1;

        public override void Process(in int row, KeyedContext<int, int> context)
        {
        }
    }
}
