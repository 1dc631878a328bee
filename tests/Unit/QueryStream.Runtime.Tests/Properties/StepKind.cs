namespace QueryStream.Runtime.Tests.Properties;

public enum StepKind
{
    /// <summary>A row comes.</summary>
    Row,

    /// <summary>Some turns are run, and not all that are due.</summary>
    Turns,

    /// <summary>All is run that is due.</summary>
    Rest,

    /// <summary>The clock goes on.</summary>
    Clock,

    /// <summary>It is proven that a split was read to its end.</summary>
    Proof,
}
