using Microsoft.Extensions.Logging;

namespace QueryStream.TestKit.Logging;

/// <summary>A log line.</summary>
/// <param name="Level">Its level.</param>
/// <param name="Id">Its event id.</param>
/// <param name="Message">Its text.</param>
public readonly record struct LogLine(LogLevel Level, int Id, string Message);
