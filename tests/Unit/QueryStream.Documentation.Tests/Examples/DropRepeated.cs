using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Documentation.Tests.Examples;

#region process
/// <summary>Drops orders that this subtask has seen among the last hundred.</summary>
public sealed class DropRepeated : ProcessFunction<Order, Order>
{
    private OperatorListState<long> _latest = null!;

    public override void Open(OperatorStateContext state) => _latest = state.List<long>("latest");

    public override void Process(in Order row, ProcessContext<Order> context)
    {
        if (_latest.Values.Contains(row.Id))
        {
            return;
        }

        context.Emit(row);
        _latest.Add(row.Id);
        if (_latest.Count > 100)
        {
            _latest.Replace(_latest.Values[1..].ToArray());
        }
    }
}
#endregion
