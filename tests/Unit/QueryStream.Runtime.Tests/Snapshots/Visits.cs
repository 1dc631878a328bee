using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Runtime.Tests.Snapshots;

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
