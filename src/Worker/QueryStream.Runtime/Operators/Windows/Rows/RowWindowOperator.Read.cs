using QueryStream.Core.Keys;
using QueryStream.Core.Time;
using QueryStream.Runtime.Reading;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Rows;

/// <content>Shows the windows of one key with their rows, and with the states of the job's functions.</content>
internal sealed partial class RowWindowOperator<T, TKey, TOut>
{
    // $windows, $rows and $sessions.
    private const int OwnStates = 3;

    public override void ReadKey(string key, KeyStateWriter output)
    {
        (TKey parsed, ulong hash) = NodeKey<TKey>.Instance.Read(key);
        BeginRead(output);

        // All windows of a key are in its key group, and nothing else lists them.
        KeyGroup group = KeyGroup.Of(hash, Context.Deployment.Graph.KeyGroups);
        WindowKey<TKey>[] windows =
        [
            .. Store.KeysOf(group).Where(one => one.Window != OfKey && KeyType<TKey>.Instance.AreEqual(one.Key, parsed))
                .OrderBy(one => one.Window.End),
        ];
        foreach (WindowKey<TKey> window in windows)
        {
            if (ReadWindow(window, output))
            {
                output.BeginWindowStates();
                States.Read(window, KeyType<WindowKey<TKey>>.Instance.Hash(window), OwnStates, output);
                output.EndWindowStates();
                output.EndWindow();
            }
        }
    }

    private bool ReadWindow(in WindowKey<TKey> window, KeyStateWriter output)
    {
        Select(window);
        try
        {
            if (!_windows.HasValue)
            {
                return false;
            }

            (Window bounds, bool hasFired) = _windows.Value;
            (EventTime Time, T Row)[] rows = [.. _rows.Values[..Math.Min(_rows.Count, KeyStateWriter.MaxElements)]];
            output.BeginWindow(_settings.Windows[0].ToString(), bounds, hasFired);
            output.WindowRows(_rows.Count, i => rows[i]);
            return true;
        }
        finally
        {
            Store.Release();
        }
    }
}
