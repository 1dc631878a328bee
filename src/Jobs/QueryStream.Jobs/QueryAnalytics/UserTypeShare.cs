using QueryStream.Core.Keys;
using QueryStream.Core.Texts;
using QueryStream.Streams.Aggregates;
using QueryStream.Streams.Windows;

namespace QueryStream.Jobs.QueryAnalytics;

/// <summary>The part of a window's queries that users of one type asked.</summary>
/// <param name="Queries">Their number.</param>
/// <param name="Percentage">Their percentage of all queries, 0 to 100.</param>
internal readonly record struct UserTypeShare(long Queries, double Percentage)
{
    /// <summary>
    /// Converts the counts of a window to one result per user type. All types are emitted each time, since any query changes every share. The first
    /// result of a type in a closed window counts as on time, even if the type arrived late.
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
