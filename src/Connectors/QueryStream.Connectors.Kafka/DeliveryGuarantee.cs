namespace QueryStream.Connectors.Kafka;

/// <summary>How often the rows of a sink arrive.</summary>
public enum DeliveryGuarantee
{
    /// <summary>Rows are sent at once. A restart writes again what was written since the last checkpoint.</summary>
    AtLeastOnce,

    /// <summary>
    /// Rows become visible when their checkpoint is complete, once, to readers with <c>isolation.level=read_committed</c>. So results arrive later,
    /// by up to the interval of checkpoints.
    /// </summary>
    ExactlyOnce,
}
