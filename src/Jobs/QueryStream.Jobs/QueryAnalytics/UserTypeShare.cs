using QueryStream.Core.Keys;
using QueryStream.Core.Texts;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Windows;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>The part of a window's queries that users of one type asked.</summary>
/// <param name="Queries">How many they asked.</param>
/// <param name="Percentage">Of all, 0 to 100.</param>
internal readonly record struct UserTypeShare(long Queries, double Percentage)
{
    /// <summary>
    /// Makes one result a user type of the counts of a window: all of them each time, since any query changes every share.
    /// A type that a closed window shows for the first time is its on-time result, also where it came late.
    /// </summary>
    public static void Split(WindowResult<Unit, GroupCounts> window, Action<WindowResult<Text, UserTypeShare>> emit)
    {
        GroupCounts counts = window.Value;
        for (int i = 0; i < counts.Groups; i++)
        {
            Pane pane = window.Pane == Pane.Early ? Pane.Early : counts.IsNew(i) ? Pane.OnTime : Pane.Update;
            UserTypeShare share = new(counts.Count(i), counts.Count(i) * 100.0 / counts.Total);
            emit(new WindowResult<Text, UserTypeShare>(counts.Name(i), window.Window, pane, share));
        }
    }
}
