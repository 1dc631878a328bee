using QueryStream.Runtime.Operators;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Tests.Time;

/// <summary>Records control elements, abbreviated: <c>w5</c>, <c>idle</c>, <c>active</c>, <c>end</c>.</summary>
internal sealed class ControlLog : IControlInput
{
    private readonly List<Control> _elements = [];

    public void OnControl(in Control control) => _elements.Add(control);

    /// <summary>The elements since the last call.</summary>
    public List<Control> Take()
    {
        List<Control> elements = [.. _elements];
        _elements.Clear();
        return elements;
    }

    /// <summary>The elements since the last call, abbreviated.</summary>
    public string TakeText() => string.Join(' ', Take().Select(Text));

    private static string Text(Control control) => control.Kind switch
    {
        ControlKind.Watermark when control.Watermark.Milliseconds == long.MaxValue => "w+∞",
        ControlKind.Watermark => $"w{control.Watermark.Milliseconds}",
        ControlKind.Idle => "idle",
        ControlKind.Active => "active",
        _ => "end",
    };
}
