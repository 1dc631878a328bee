using QueryStream.Runtime.Reading;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Sessions;

/// <content>Shows the sessions of one key.</content>
internal sealed partial class SessionOperator<T, TKey, TAccumulator, TOut>
{
    public override void ReadKey(string key, KeyStateWriter output)
    {
        (TKey parsed, ulong hash) = NodeKey<TKey>.Instance.Read(key);
        output.Watermark(Watermark);
        try
        {
            int slot = _sessions.FindKey(parsed, hash);
            int count = slot < 0 ? 0 : _sessions.CountOf(slot);
            for (int place = 0; place < count; place++)
            {
                int session = _sessions.SessionOf(slot, place);
                SessionInfo info = _sessions[session];
                TAccumulator copy = _aggregation.Aggregate.Copy(_sessions.AccumulatorOf(session));
                output.BeginWindow(Settings.Windows[0].ToString(), new Window(info.Start, info.End), info.HasFired);
                output.WindowValue(_sessions.AccumulatorOf(session), _aggregation.Aggregate.Result(ref copy, isFinal: false));
                output.EndWindow();
            }
        }
        finally
        {
            _sessions.Release();
        }
    }
}
