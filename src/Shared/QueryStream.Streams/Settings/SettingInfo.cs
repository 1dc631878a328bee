namespace QueryStream.Streams.Settings;

/// <summary>A setting as it is listed for people.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Default">Its default, as a user would write it; empty where there is none.</param>
/// <param name="Description">One line.</param>
public sealed record SettingInfo(string Name, string Default, string Description);
