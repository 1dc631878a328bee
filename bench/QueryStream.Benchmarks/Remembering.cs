using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Benchmarks;

/// <summary>Stores the last broadcast row of each key, and subtracts it from the other rows.</summary>
internal sealed class Remembering : BroadcastProcessFunction<Event, Event, long>
{
    private BroadcastState<int, long> _last = null!;

    public override void Open(BroadcastStateContext state) => _last = state.Broadcast<int, long>("last");

    public override void Process(in Event row, ProcessContext<long> context) =>
        context.Emit(_last.TryGet(row.Key, out long last) ? row.Value - last : 0);

    public override void ProcessBroadcast(in Event row, ProcessContext<long> context) => _last.Set(row.Key, row.Value);
}
