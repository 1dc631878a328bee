namespace QueryStream.Runtime.State;

/// <summary>
/// The captures of one store that are in flight. Each page has the version in which it was created. A page that is older than the newest capture in
/// flight is copied before it is changed; without captures in flight, nothing is copied. Used in turns of one task.
/// </summary>
internal sealed class CaptureVersions
{
    private readonly List<long> _inFlight = [];

    /// <summary>The version of pages that are created now.</summary>
    public long Current { get; private set; }

    /// <summary>The newest capture in flight: older pages must not be changed. 0 if there is none.</summary>
    public long Newest { get; private set; }

    /// <summary>Whether a capture is in flight.</summary>
    public bool AnyInFlight => Newest != 0;

    /// <summary>The number of pages, directories and objects that were copied for captures so far.</summary>
    public long Copies { get; private set; }

    /// <summary>Begins a capture: everything that the store holds now stays as it is until <see cref="End"/>.</summary>
    public long Begin()
    {
        Newest = ++Current;
        _inFlight.Add(Newest);
        return Newest;
    }

    /// <summary>Ends a capture.</summary>
    public void End(long version)
    {
        _inFlight.Remove(version);
        Newest = _inFlight.Count == 0 ? 0 : _inFlight[^1];
    }

    /// <summary>Counts a copy.</summary>
    public void CountCopy() => Copies++;
}
