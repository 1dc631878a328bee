using QueryStream.Streams;
using QueryStream.Streams.Settings;

namespace QueryStream.Jobs;

/// <summary>A job that can be run by its name.</summary>
/// <param name="Name">What one types: <c>query-analytics</c>.</param>
/// <param name="Title">What people see.</param>
/// <param name="Description">One line: what it does.</param>
/// <param name="Settings">Its settings with their defaults.</param>
/// <param name="Create">Makes the job; its settings are checked when its graph is built.</param>
public sealed record JobDescription(
    string Name, string Title, string Description, IReadOnlyList<SettingInfo> Settings, Func<IStreamJob> Create);
