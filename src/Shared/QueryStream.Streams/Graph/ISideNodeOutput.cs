namespace QueryStream.Streams.Graph;

/// <summary>A side output of a node, whatever its rows are.</summary>
public interface ISideNodeOutput
{
    /// <summary>Its name, unique in the node.</summary>
    string Name { get; }

    /// <summary>Hands it to the visitor with its row type.</summary>
    TResult Accept<TResult>(ISideOutputVisitor<TResult> visitor);
}
