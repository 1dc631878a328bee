using QueryStream.Cluster.Host.Commands;

return await NodeProgram.RunCoordinatorAsync(args);
