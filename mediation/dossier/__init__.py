"""卷宗: the file of a case in the order of the 人民调解卷宗, what is there, what is missing, and one PDF of it."""
