using Spectre.Console;
using Spectre.Console.Rendering;

namespace QueryStream.JobSubmit.Demo;

/// <summary>
/// Shows a demo on a terminal of any size, redrawn several times a second. It draws on the alternate screen, so that resizing leaves nothing
/// behind, and prints its last state on the normal one.
/// </summary>
internal static class DemoView
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private const string Home = "\e[H";
    private const string ClearLine = "\e[K";
    private const string ClearBelow = "\e[J";

    /// <summary>Draws until it is stopped.</summary>
    /// <param name="source">What to show.</param>
    /// <param name="screen">The screen to draw on.</param>
    /// <param name="console">The terminal that it belongs to.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stop">Stops it.</param>
    public static async Task ShowAsync(DemoSource source, AlternateScreen screen, IAnsiConsole console, TimeProvider time, CancellationToken stop)
    {
        using PeriodicTimer timer = new(Interval, time);
        screen.Enter();
        try
        {
            do
            {
                DemoFrame frame = DemoFrame.Of(source.Now(), console.Profile.Width, console.Profile.Height);
                screen.Draw(() => console.Write(new Screen(frame)));
            }
            while (await DemoLines.NextAsync(timer, stop));
        }
        finally
        {
            screen.Leave();
        }

        foreach (Paragraph line in DemoFrame.Of(source.Now(), console.Profile.Width, int.MaxValue).Lines)
        {
            console.Write(line);
            console.WriteLine();
        }
    }

    // One frame in one write: from the top left corner, each line and the rest of the screen cleared.
    private sealed class Screen(DemoFrame frame) : Renderable
    {
        protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
        {
            yield return Segment.Control(Home);
            for (int i = 0; i < frame.Lines.Count; i++)
            {
                foreach (Segment segment in ((IRenderable)frame.Lines[i]).Render(options, maxWidth).Where(segment => !segment.IsLineBreak))
                {
                    yield return segment;
                }

                yield return Segment.Control(i + 1 < frame.Lines.Count ? $"{ClearLine}\r\n" : ClearLine + ClearBelow);
            }
        }
    }
}
