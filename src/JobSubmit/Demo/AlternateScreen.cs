namespace QueryStream.JobSubmit.Demo;

/// <summary>
/// The second screen of a terminal, on which a demo draws without touching what was there before. The process may end at any moment, on any thread:
/// <see cref="Leave"/> then brings the first screen back, and nothing is drawn any more.
/// </summary>
/// <param name="output">The terminal.</param>
internal sealed class AlternateScreen(TextWriter output)
{
    private const string EnterSequence = "\e[?1049h\e[?25l"; // the second screen, without a cursor
    private const string LeaveSequence = "\e[?25h\e[?1049l";

    // Held while something is drawn, so that no half frame lands on the first screen.
    private readonly Lock _lock = new();
    private bool _isOn;

    /// <summary>Shows the second screen.</summary>
    public void Enter()
    {
        lock (_lock)
        {
            _isOn = true;
            Write(EnterSequence);
        }
    }

    /// <summary>Draws, if the second screen is shown.</summary>
    public void Draw(Action draw)
    {
        lock (_lock)
        {
            if (_isOn)
            {
                draw();
            }
        }
    }

    /// <summary>Shows the first screen and the cursor again, if the second one is shown.</summary>
    public void Leave()
    {
        lock (_lock)
        {
            if (_isOn)
            {
                _isOn = false;
                Write(LeaveSequence);
            }
        }
    }

    private void Write(string sequence)
    {
        output.Write(sequence);
        output.Flush();
    }
}
