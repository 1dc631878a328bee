namespace QueryStream.Streams.Connectors;

/// <summary>What a reader knows after a poll.</summary>
public enum SourcePoll
{
    /// <summary>There may be more; poll again at once.</summary>
    More,

    /// <summary>Nothing now; the reader calls <see cref="ConnectorContext.Wake"/> when that changes.</summary>
    Wait,

    /// <summary>Nothing ever again: every split of this subtask has ended.</summary>
    End,
}
