namespace QueryStream.Runtime.Operators.Windows.Aligned;

/// <summary>
/// Decides whether pre-aggregation, before the exchange, is worth its cost: it is not if nearly every row has its own key. Once switched off, it is
/// tried again after a while, since the data may have changed.
/// </summary>
internal sealed class PreAggregationProbe
{
    private const int ProbeRows = 1 << 15;
    private const int PauseRows = 1 << 19;

    private long _rows;
    private long _keys;

    /// <summary>Whether rows should be pre-aggregated.</summary>
    public bool IsWorthwhile { get; private set; } = true;

    /// <summary>Rows were pre-aggregated, and brought this many new keys.</summary>
    public void OnAggregated(int rows, int newKeys)
    {
        _rows += rows;
        _keys += newKeys;
        if (_rows >= ProbeRows)
        {
            IsWorthwhile = _keys * 5 < _rows * 4;
            _rows = 0;
            _keys = 0;
        }
    }

    /// <summary>Rows were forwarded as they are.</summary>
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
