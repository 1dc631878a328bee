using QueryStream.Streams.Batches;
using QueryStream.Streams.Windows;

namespace QueryStream.Runtime.Operators.Windows.Sessions;

/// <summary>
/// Event time for operators with sessions: 1 ms behind the watermark, also in the watermarks that they forward. A row exactly one gap after the last
/// row belongs to the session, so a session stays open until the watermark reaches its end, not only its last millisecond. Otherwise the result would
/// depend on whether the watermark has advanced between the two rows. The result has the time of the session's last millisecond, which the forwarded
/// watermark must not have passed.
/// </summary>
internal static class SessionTime
{
    /// <summary>Whether windows are sessions of event time.</summary>
    public static bool AppliesTo(WindowSettings settings) => settings is { IsProcessingTime: false, Windows: [Session] };

    /// <summary>Reduces the watermark of a control element by 1 ms, except the final one.</summary>
    public static Control Of(in Control control) =>
        control.Kind == ControlKind.Watermark ? Control.Advance(control.Watermark.Add(-1)) : control;
}
