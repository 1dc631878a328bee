namespace QueryStream.Connectors.DataGen;

/// <summary>Makes a row.</summary>
/// <typeparam name="T">The rows.</typeparam>
/// <param name="row">Its number, its time, and what is random about it.</param>
public delegate T RowGenerator<out T>(GeneratedRow row);
