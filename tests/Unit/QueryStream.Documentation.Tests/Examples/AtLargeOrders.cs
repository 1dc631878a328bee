using QueryStream.Streams.Windows;

namespace QueryStream.Documentation.Tests.Examples;

#region trigger
/// <summary>Fires at each large order, and not at the end of the window.</summary>
public sealed class AtLargeOrders : Trigger<Order>
{
    public override TriggerResult OnRow(in Order row, TriggerContext context) => row.Price >= 100 ? TriggerResult.Fire : TriggerResult.Continue;
}
#endregion
