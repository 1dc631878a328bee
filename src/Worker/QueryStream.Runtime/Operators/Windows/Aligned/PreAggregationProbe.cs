namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <summary>
/// Decides whether folding before the exchange is worth its cost: it is not if nearly every row has its own key. Once switched off, folding is tried
/// again after a while, since the data may have changed.
/// </summary>
internal sealed class MergeProbe
{
    private const int ProbeRows = 1 << 15;
    private const int PauseRows = 1 << 19;

    private long _rows;
    private long _groups;

    /// <summary>Whether rows should be folded.</summary>
    public bool IsWorthwhile { get; private set; } = true;

    /// <summary>Rows were folded into this many new keys.</summary>
    public void OnFolded(int rows, int newGroups)
    {
        _rows += rows;
        _groups += newGroups;
        if (_rows >= ProbeRows)
        {
            IsWorthwhile = _groups * 5 < _rows * 4;
            _rows = 0;
            _groups = 0;
        }
    }

    /// <summary>Rows were forwarded unfolded.</summary>
    public void OnSkipped(int rows)
    {
        _rows += rows;
        if (_rows >= PauseRows)
        {
            IsWorthwhile = true;
            _rows = 0;
        }
    }
}
