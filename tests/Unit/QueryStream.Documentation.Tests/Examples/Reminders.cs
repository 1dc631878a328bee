using QueryStream.Core.Time;
using QueryStream.Streams.Functions;
using QueryStream.Streams.State;

namespace QueryStream.Documentation.Tests.Examples;

#region timers
/// <summary>Names each order that is not paid within a day, and pays those back that are paid twice.</summary>
public sealed class Reminders : KeyedCoProcessFunction<long, Order, Payment, long>
{
    public static readonly SideOutput<Payment> PaidTwice = new("paid twice");

    private ValueState<bool> _isPaid = null!;

    public override void Open(KeyedStateContext state) => _isPaid = state.Value<bool>("is paid", StateTtl.OnWrite(TimeSpan.FromDays(30)));

    public override void ProcessLeft(in Order row, KeyedContext<long, long> context) => context.SetTimer(row.At.Add(TimeSpan.FromDays(1)));

    public override void ProcessRight(in Payment row, KeyedContext<long, long> context)
    {
        if (_isPaid.Value)
        {
            context.Emit(PaidTwice, row);
        }

        _isPaid.Value = true;
    }

    public override void OnTimer(EventTime time, TimeDomain domain, KeyedContext<long, long> context)
    {
        if (!_isPaid.Value)
        {
            context.Emit(context.Key);
        }
    }
}
#endregion
